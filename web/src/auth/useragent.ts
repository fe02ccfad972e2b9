// What a client calls itself (User-Agent), as people would say it.

/** In the order in which they are looked for: most browsers also say that they are those below them. */
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

/** userAgentName is a browser and what it runs on, another program with its version, or '' where the client said nothing. */
export function userAgentName(agent: string): string {
  if (!agent.startsWith('Mozilla/')) return agent.replace(/^([\w.-]+)\/(\S+).*$/, '$1 $2')
  const find = (all: [RegExp, string][]) => all.find(([like]) => like.test(agent))?.[1]
  return [find(browsers), find(systems)].filter(Boolean).join(' · ') || agent
}
