// Readable names for the User-Agent header.

/** In the order of the search: most browsers also claim to be the ones below them. */
const browsers: [RegExp, string][] = [
  [/\bEdgA?(?:iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:\w*Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ .*Safari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** userAgentName returns browser and system, or program and version. It returns '' for a client without a name. */
export function userAgentName(agent: string): string {
  if (!agent.startsWith('Mozilla/')) return agent.replace(/^([\w.-]+)\/(\S+).*$/, '$1 $2')
  const find = (all: [RegExp, string][]) => all.find(([like]) => like.test(agent))?.[1]
  return [find(browsers), find(systems)].filter(Boolean).join(' · ') || agent
}
