/** A style sheet as text, put in by the build. */
declare module "*.css?inline" {
  const css: string;
  export default css;
}
