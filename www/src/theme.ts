import { byId } from "./dom";

const stored = "everwire-demo-theme";
type Theme = "light" | "dark";

/** Follows the system until the button is pressed; then that choice, kept for the next visit. */
export function mountTheme(): void {
  const button = byId<HTMLButtonElement>("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = (): Theme | undefined => {
    const value = localStorage.getItem(stored);
    return value === "light" || value === "dark" ? value : undefined;
  };
  const current = (): Theme => chosen() ?? (system.matches ? "dark" : "light");
  const show = (): void => {
    const choice = chosen();
    if (choice) document.documentElement.dataset.theme = choice;
    button.setAttribute("aria-pressed", String(current() === "dark"));
  };
  button.addEventListener("click", () => {
    localStorage.setItem(stored, current() === "dark" ? "light" : "dark");
    show();
  });
  system.addEventListener("change", show);
  show();
}
