const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function prefersCalm(): boolean {
  return calm.matches;
}

/** Ten times a second: for figures that people read. */
export function onTick(callback: () => void): void {
  setInterval(callback, 100);
}

/** At each frame, for things that move; once a second for people who asked for less motion. */
export function onFrame(callback: (now: number) => void): void {
  let last = -Infinity;
  const frame = (now: number): void => {
    if (!calm.matches || now - last >= 1000) {
      last = now;
      callback(performance.now());
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
