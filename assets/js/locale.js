// The page's language as it is written in Canada: hours and numbers look as the server writes them.
export const locale = `${document.documentElement.lang}-CA`;
