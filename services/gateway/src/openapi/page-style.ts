/** The one style of the page; its hash is in the page's Content-Security-Policy. */
export const PAGE_STYLE = [
  ':root{color-scheme:light dark}',
  'body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}',
  'h2{margin-top:3rem;border-bottom:1px solid #8888}',
  'section{margin:2rem 0}',
  'table{border-collapse:collapse;width:100%}',
  'td{border-top:1px solid #8884;padding:.3rem .6rem .3rem 0;vertical-align:top}',
  'pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.6rem;background:#8882;border-radius:.3rem}',
  '.method{font-weight:700;color:#0a7d55}',
  'nav ul{columns:2;padding-left:1.2rem}',
].join('');
