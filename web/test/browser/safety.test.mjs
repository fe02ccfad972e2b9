// Text that people write stays text: every payload, in every field, on every page that shows it. Nothing runs, and nothing
// gets as far as the content security policy.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { column, found, launch, password, person, serve, signIn, until } from './house.mjs'
import { payloads, reporting, texts } from './payloads.mjs'

let house, browser, source
before(async () => {
  source = createServer((_, r) =>
    r.setHeader('Content-Type', 'application/json').end(
      JSON.stringify(
        texts(190)
          .slice(-5)
          .map((title, id) => ({ id, title, completed: false })),
      ),
    ),
  )
  await new Promise((r) => source.listen(0, '127.0.0.1', r))
  house = await serve({
    operator: 'root',
    env: { EXTERNAL_TASKS_URL: `http://127.0.0.1:${source.address().port}/`, EXTERNAL_TASKS_ALLOW_PRIVATE: 'true' },
  })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
  source?.close()
})

async function open(path, user, options) {
  const p = await person(browser, house.url, options)
  await reporting(p.page)
  if (user) await signIn(p.page, house.url, user)
  if (path) await p.page.goto(house.url + path)
  return p
}
const settled = async (page) => {
  await page.waitForSelector('h1')
  await page.waitForSelector('[aria-busy=true]', { state: 'detached' })
  await page.waitForTimeout(100)
}
async function seen(page, paths) {
  for (const path of paths) {
    await page.goto(house.url + path)
    await settled(page)
    // All of a list, which draws what is in sight.
    for (let y = 0; y < 20; y++)
      if (
        !(await page.evaluate(() =>
          [...document.querySelectorAll('.scroll')]
            .map((n) => ((n.scrollTop += 600), n.scrollTop + n.clientHeight < n.scrollHeight - 1))
            .some(Boolean),
        ))
      )
        break
  }
}

test('every payload in titles and descriptions: on cards, in rows, the panel, its history, the inbox and the figures', async () => {
  assert.ok(payloads.length >= 200)
  const boss = await found(house.url, 'Title Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  const mate = await found(house.url, 'Title Mate', token)
  const titles = texts(200)
  const made = []
  for (const [i, title] of titles.entries())
    made.push(
      await boss.ask('POST', '/api/tasks/', {
        title,
        description: payloads[i],
        status: ['todo', 'in_progress', 'done', 'cancelled'][i % 4],
        assigned_to: mate.id,
      }),
    )
  const whole = await boss.ask('POST', '/api/tasks/', {
    title: 'all of them',
    description: payloads.join('\n\n'),
    assigned_to: mate.id,
  })
  await boss.ask('PATCH', `/api/tasks/${whole.id}/`, {
    description: payloads.map((p) => '- ' + p).join('\n') + '\n\n```\n' + payloads.join('\n') + '\n```',
  })
  await until(
    'the mate is told',
    async () => (await mate.ask('GET', '/api/notifications/')).count >= titles.length,
    30_000,
  )
  const { page, wrong, context } = await open('/board', mate)
  await page.waitForSelector('article')
  await seen(page, ['/board', '/list', '/mine', '/inbox', '/dashboard'])
  for (const { id } of [...made, whole]) {
    await page.evaluate((id) => {
      history.pushState(null, '', '/list?task=' + id)
      dispatchEvent(new PopStateEvent('popstate'))
    }, id)
    await page.waitForSelector(`aside >> text=#${id}`)
    await page.waitForSelector('aside ol li')
  }
  await page.waitForSelector('aside .text li')
  assert.equal(
    await page
      .locator('aside .text :is(script, img, svg, iframe, object, embed, style, link, input, video, audio, form)')
      .count(),
    0,
  )
  assert.deepEqual(
    await page.$$eval('aside .text a', (all) =>
      all.map((a) => a.getAttribute('href')).filter((h) => h !== null && !/^https?:/.test(h)),
    ),
    [],
  )
  // Another person changes the task while it is shown: a message of the feed and a conflict carry the payload.
  await page.goto(house.url + '/board?task=' + made[0].id)
  await page.focus('aside textarea.title')
  await page.keyboard.type('mine ')
  await boss.ask('PATCH', `/api/tasks/${made[0].id}/`, { title: titles[1] })
  await page.waitForSelector('aside ol >> text=' + payloads[1])
  await page.keyboard.press('Enter')
  await page.waitForSelector('aside [role=alert] >> text=Theirs: ' + titles[1])
  assert.deepEqual(wrong, [])
  await context.close()
})

test('every payload in the names of persons and companies, as they change, and in what a client calls itself', async () => {
  const boss = await found(house.url, 'Name Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  const mate = await found(house.url, 'Name Mate', token)
  await boss.ask('POST', '/api/tasks/', { title: 'given', assigned_to: boss.id })
  await boss.ask('POST', '/api/tasks/', { title: 'told', assigned_to: mate.id })
  const agent = texts(199)[7]
  const { page, wrong, context } = await open('/list', mate, { userAgent: agent })
  const names = texts(150)
  const companies = texts(100)
  for (let i = 0; i < Math.max(names.length, companies.length); i++) {
    const first_name = names[i % names.length]
    const name = companies[i % companies.length]
    await boss.ask('PATCH', '/api/auth/profile/', {
      first_name,
      last_name: names[(i + 1) % names.length],
      phone: payloads.filter((p) => p.length <= 20)[i % 3],
    })
    await boss.ask('PATCH', '/api/auth/company/', { name, description: texts(2000)[i % 4] })
    await until('the company is called ' + name, async () => (await page.textContent('.company')) === name)
    await until('so is its founder', async () => (await page.textContent('tbody')).includes(first_name))
  }
  await seen(page, ['/settings', '/inbox', '/dashboard', '/board'])
  await page.goto(house.url + '/settings?section=sessions')
  await until('the client is named', async () =>
    (await page.textContent('section[aria-labelledby=settings-sessions]')).includes(agent),
  )
  const managing = await open('/company', boss)
  await seen(managing.page, [
    '/company',
    '/company/about',
    '/company/audit',
    '/company/notifications',
    '/company/source',
    '/settings',
  ])
  await managing.page.goto(house.url + '/company/source')
  await managing.page.waitForSelector('li >> text=alert(1)')
  await managing.page.goto(house.url + '/company')
  await managing.page.click('[aria-label^="Sessions of Name Mate"]')
  await managing.page.waitForSelector('dialog li >> text=alert(1)')
  const above = await open('/admin')
  await above.page.fill('[name=username]', 'root')
  await above.page.fill('[name=password]', password)
  await above.page.click('button.primary')
  await above.page.waitForSelector('.panel')
  const id = boss.company.id
  await seen(above.page, [
    '/admin',
    '/admin/users',
    '/admin/jobs',
    '/admin/figures',
    ...['members', 'tasks', 'notifications'].map((s) => `/admin/${s}?company=${id}`),
  ])
  assert.deepEqual([wrong, managing.wrong, above.wrong], [[], [], []])
  for (const c of [context, managing.context, above.context]) await c.close()
})

test('every payload typed into what is there to type into, and in addresses', async () => {
  const boss = await found(house.url, 'Typing Boss')
  const { page, wrong, context } = await open('/board', boss)
  await page.click('[aria-label="New task: To do"]')
  const titles = texts(200)
  for (const title of titles) {
    await page.fill('section[aria-labelledby=column-todo] input', title)
    await page.keyboard.press('Enter')
  }
  await until('each is a card', async () => (await boss.ask('GET', '/api/tasks/')).count === titles.length, 30_000)
  assert.ok((await column(page, 'todo')).every((shown) => titles.includes(shown)))
  for (const p of payloads) await page.fill('input[type=search]', p)
  await page.fill('input[type=search]', '')
  await page.keyboard.press('Control+k')
  for (const p of payloads) await page.fill('dialog [role=combobox]', p)
  await page.keyboard.press('Escape')
  await page.goto(house.url + '/list?task=' + (await boss.ask('GET', '/api/tasks/')).results[0].id)
  await page.click('aside button:has-text("Add a description")')
  await page.fill('aside section textarea', payloads.join('\n\n'))
  await page.click('aside button:has-text("Preview")')
  await page.waitForSelector('aside .preview p')
  assert.equal(await page.locator('aside .preview :is(script, img, svg, iframe)').count(), 0)
  for (const p of [
    '<script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    'javascript:alert(1)',
    '//evil.example/',
    '/\\evil.example',
  ]) {
    const e = encodeURIComponent(p)
    for (const path of [
      `/list?q=${e}&status=${e}&person=${e}&sort=${e}&task=${e}`,
      `/inbox?kind=${e}&unread=${e}`,
      `/dashboard?days=${e}`,
      `/settings?section=${e}`,
      `/company/audit?kind=${e}&actor=${e}&task=${e}&from=${e}`,
      `/company/${e}`,
      `/login?next=${e}`,
      `/invitations/${e}`,
      `/${e}`,
      `/list#${e}`,
    ]) {
      await page.goto(house.url + path)
      await until(path + ' is a page, or is said to be none', () => page.$('h1, pre')) // a path in an unusual spelling is answered as programs are
      assert.equal(new URL(page.url()).origin, house.url)
    }
  }
  await page.evaluate(() => {
    history.pushState(null, '', '/company/%')
    dispatchEvent(new PopStateEvent('popstate'))
  })
  await page.waitForSelector('h1 >> text=Page not found')
  assert.deepEqual(wrong, [])
  await context.close()
})
