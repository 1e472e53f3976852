// Bundles the demo page. `everwire` is imported by its own name, as an app would: the package's
// "exports" lead to pkg/, which `npm run build` makes.
import { fileURLToPath } from "node:url";
import HtmlWebpackPlugin from "html-webpack-plugin";
import MiniCssExtractPlugin from "mini-css-extract-plugin";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

export default (_, { mode = "production" } = {}) => ({
  mode,
  context: folder("www"),
  entry: "./src/main.ts",
  output: { path: folder("www/dist"), filename: "[name].[contenthash:8].js", clean: true },
  devtool: "source-map",
  resolve: { extensions: [".ts", ".js"] },
  module: {
    rules: [
      { test: /\.ts$/, loader: "esbuild-loader", options: { target: "es2022" } },
      // The package promises to have no side effects; a style sheet is nothing else.
      { test: /\.css$/, use: [MiniCssExtractPlugin.loader, "css-loader"], sideEffects: true },
    ],
  },
  plugins: [
    new HtmlWebpackPlugin({ template: "src/index.html", favicon: "src/icon.svg" }),
    new MiniCssExtractPlugin({ filename: "[name].[contenthash:8].css" }),
  ],
  performance: { hints: false },
  stats: "errors-warnings",
});
