// Shared by the browser tests: the built program with a database of its own, and the system's Chromium.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const binary = process.env.TASKHOUSE
if (!binary) throw new Error('TASKHOUSE must name the built program: web/check does')
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = process.env.CHROMIUM ?? browsers.find((b) => existsSync(b))
if (!executablePath) throw new Error('no Chromium found: install the package chromium, or name one in CHROMIUM')

export const password = 'correct horse 7 battery'

/** A server on a fresh SQLite database; with the name of an operator, that there is one, and more of an environment. */
export async function serve({ operator, env: more } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'taskhouse-web-'))
  const env = {
    ...process.env,
    TASKHOUSE_DATA: data,
    TASKHOUSE_LOGIN_RATE: '10000/1m',
    TASKHOUSE_LOGIN_ADDRESS_RATE: '10000/1m',
    TASKHOUSE_REGISTER_RATE: '10000/1m',
    TASKHOUSE_ADDRESS_RATE: 'off',
    TASKHOUSE_TOKEN_RATE: 'off',
    TASKHOUSE_USER_RATE: 'off',
    TASKHOUSE_COMPANY_RATE: 'off',
    TASKHOUSE_SHEDDING: 'off',
    TASKHOUSE_NOTIFY_DELAY: '1s',
    TASKHOUSE_LOG_LEVEL: 'error',
    ...more,
  }
  if (operator) {
    execFileSync(binary, ['migrate', 'up'], { env })
    execFileSync(binary, ['createsuperuser', '--username', operator, '--no-input', '--password-stdin'], {
      env,
      input: password + '\n',
    })
  }
  const child = spawn(binary, ['serve', '--addr=127.0.0.1:0'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (b) => {
      text += b
      const found = /running at (http:\S+)/.exec(text)
      if (found) resolve(found[1])
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${text}`)))
  })
  return {
    url,
    /** The last link to a page of the app in the mails that the server has printed. It cannot know the port it got. */
    link: (page) => {
      const path = text.match(new RegExp(`/${page}#\\w+`, 'g'))?.at(-1)
      return path && url + path
    },
    async stop() {
      const ended = new Promise((r) => child.once('exit', r))
      child.kill('SIGTERM')
      await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** A company's founder, with a way to ask the API as them. */
export async function found(url, name, invitation) {
  const username = name.toLowerCase().replaceAll(' ', '.')
  const more = invitation ? { invitation_token: invitation } : { company_name: name + ' Works' }
  const ask = async (method, path, body, headers = {}) => {
    const r = await fetch(url + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: body && JSON.stringify(body),
    })
    const text = await r.text()
    if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }
  const user = await ask('POST', '/api/auth/register/', {
    username,
    email: username + '@example.com',
    password,
    password_confirm: password,
    first_name: name,
    ...more,
  })
  const { access } = await ask('POST', '/api/auth/login/', { username, password })
  return { ...user, ask: (method, path, body) => ask(method, path, body, { Authorization: 'Bearer ' + access }) }
}

export const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })

/** A page of its own person, that notes what must never be: requests to other hosts, violations of the policy, errors. */
export async function person(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    colorScheme: 'light',
    ...options,
  })
  const page = await context.newPage()
  const wrong = []
  page.on(
    'request',
    (r) =>
      r.url().startsWith(url) ||
      r.url().startsWith(url.replace('http', 'ws')) ||
      r.url().startsWith('data:') ||
      wrong.push('request to ' + r.url()),
  )
  page.on('pageerror', (e) => wrong.push('error: ' + e.message))
  page.on('dialog', (d) => {
    wrong.push('dialog: ' + d.message())
    void d.dismiss()
  })
  page.on(
    'console',
    (m) => /Content Security Policy|Trusted|violates/i.test(m.text()) && wrong.push('policy: ' + m.text()),
  )
  return { context, page, wrong }
}

export async function signIn(page, url, user) {
  await page.goto(url + '/login')
  await page.fill('[name=username]', user.username)
  await page.fill('[name=password]', password)
  await page.click('button.primary')
  await page.waitForSelector('.board')
  await page.waitForSelector('.state.live')
}

/** The titles of a column as a person sees them, from the top. */
export const column = (page, status) =>
  page.$$eval(`section[aria-labelledby=column-${status}] article`, (cards) =>
    cards
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      .map((c) => c.querySelector('.title').textContent),
  )

export async function until(what, fn, patience = 5000) {
  const end = Date.now() + patience
  for (;;) {
    const got = await fn()
    if (got) return got
    if (Date.now() > end) throw new Error(`after ${patience} ms still not: ${what}`)
    await new Promise((r) => setTimeout(r, 20))
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** violations lists what axe finds on a page. The debugger injects axe, past the page's policy. */
export async function violations(page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Page.setBypassCSP', { enabled: true })
  await cdp.send('Runtime.evaluate', { expression: axe })
  const { result } = await cdp.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(r => JSON.stringify(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))))`,
    awaitPromise: true,
    returnByValue: true,
  })
  await cdp.detach()
  return JSON.parse(result.value)
}

/** How far things have jumped on a page since it was loaded, as browsers count it (cumulative layout shift). */
export const shifts = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value
        }).observe({ type: 'layout-shift', buffered: true })
        requestAnimationFrame(() => setTimeout(() => resolve(sum), 100))
      }),
  )
