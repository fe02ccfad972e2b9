// The pages of managers under /company and of operators under /admin.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { found, launch, password, person, serve, signIn, until, violations } from './house.mjs'

let house, browser
before(async () => {
  house = await serve({ operator: 'root' })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

/** A company with a founder and a member with a role, and a page of the founder's at an address. */
async function company(name, role = 'member') {
  const boss = await found(house.url, name + ' Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', { role })
  const mate = await found(house.url, name + ' Mate', token)
  return { boss, mate }
}
async function at(user, path, options) {
  const p = await person(browser, house.url, options)
  await signIn(p.page, house.url, user)
  await p.page.goto(house.url + path)
  return p
}
async function operator(path = '/admin', options) {
  const p = await person(browser, house.url, options)
  await p.page.goto(house.url + path)
  await p.page.fill('[name=username]', 'root')
  await p.page.fill('[name=password]', password)
  await p.page.click('button.primary')
  await p.page.waitForSelector('.panel')
  return p
}
const row = (page, text) => page.locator('tbody tr', { hasText: text })
const rows = (page) => page.locator('tbody tr').count()

test('members: found, given roles, signed out, stopped, let back and removed with their tasks', async () => {
  const { boss, mate } = await company('Member')
  await boss.ask('POST', '/api/tasks/', { title: 'left behind', assigned_to: mate.id })
  const { page, wrong, context } = await at(boss, '/company')
  await until('two', async () => (await rows(page)) === 2)
  await page.fill('[aria-label="Search members"]', 'mate')
  await until('one is found', async () => (await rows(page)) === 1 && page.url().endsWith('?search=mate'))
  await page.selectOption('[aria-label="Role of Member Mate"]', 'guest')
  await until('a guest', async () => (await mate.ask('GET', '/api/auth/profile/')).role === 'guest')
  await page.click('[aria-label="Sessions of Member Mate"]')
  await page.waitForSelector('dialog li:has-text("API client")')
  await page.click('text=Sign out everywhere')
  await page.waitForSelector('dialog >> text=No active sessions.')
  await assert.rejects(mate.ask('GET', '/api/auth/profile/'), /401/)
  await page.keyboard.press('Escape')
  await page.click('[aria-label="Deactivate Member Mate"]')
  await page.waitForSelector('tbody >> text=Deactivated')
  await page.click('[aria-label="Reactivate Member Mate"]')
  await page.waitForSelector('[aria-label="Deactivate Member Mate"]')
  await page.click('[aria-label="Remove Member Mate"]')
  await page.selectOption('dialog select', { label: 'Member Boss' })
  await page.click('dialog button.primary')
  await page.waitForSelector('text=No results')
  const [task] = (await boss.ask('GET', '/api/tasks/')).results
  assert.equal(task.assigned_to, boss.id)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('invitations: a link that is shown once and works, and one that is taken back', async () => {
  const boss = await found(house.url, 'Inviting Boss')
  const { page, wrong, context } = await at(boss, '/company/invitations')
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.click('text=Invite people')
  await page.fill('dialog [name=email]', 'no address')
  await page.click('dialog button.primary')
  await page.waitForSelector('dialog [name=email][aria-invalid=true]')
  await page.fill('dialog [name=email]', '')
  await page.selectOption('dialog [name=role]', 'guest')
  await page.click('dialog button.primary')
  const link = await page.inputValue('[aria-label="Invitation link"]')
  await page.click('dialog >> text="Copy"')
  await page.waitForSelector('dialog button:has-text("Copied")')
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), link)
  await page.keyboard.press('Escape')
  await until('in the list', async () => (await rows(page)) === 1)
  assert.equal((await page.content()).includes(link.split('#').at(-1)), false, 'the link is shown again')
  const guest = await found(house.url, 'Invited Guest', link.split('#').at(-1))
  assert.equal(guest.role, 'guest')
  await page.click('text=Invite people')
  await page.fill('dialog [name=email]', 'gone@example.com')
  await page.click('dialog button.primary')
  await page.click('dialog >> text=Done')
  await page.click('[aria-label="Revoke invitation: gone@example.com"]')
  await page.click('dialog button.primary')
  await page.waitForSelector('text=No open invitations.')
  assert.deepEqual(wrong, [])
  await context.close()
})

test('notifications, audit and the company itself', async () => {
  const { boss, mate } = await company('Audit')
  const task = await boss.ask('POST', '/api/tasks/', { title: 'to be told', assigned_to: mate.id })
  await boss.ask('PATCH', `/api/tasks/${task.id}/`, { status: 'done' })
  await mate.ask('PATCH', `/api/tasks/${task.id}/`, { title: 'told' })
  const { page, wrong, context } = await at(boss, '/company/audit')
  await page.waitForSelector('tbody >> text=Task updated')
  await page.selectOption('[aria-label="Kind"]', 'task_updated')
  await until('two changes', async () => (await rows(page)) === 2)
  await page.selectOption('[aria-label="Person"]', { label: 'Audit Boss' })
  await until(
    'one of them',
    async () => (await rows(page)) === 1 && (await page.locator('tbody').textContent()).includes('Done'),
  )
  await page.goto(house.url + '/company/audit?to=2001-01-01')
  await page.waitForSelector('text=No results')

  await page.goto(house.url + '/company/notifications')
  await page.waitForSelector('tbody >> text=to be told', { timeout: 20_000 }).catch(() => page.reload())
  await page.waitForSelector('tbody tr:has-text("Audit Mate")')
  await page.selectOption('[aria-label="Kind"]', 'status')
  await page.waitForSelector('text=No results')

  await page.goto(house.url + '/company/about')
  await page.fill('[name=name]', '')
  await page.click('main button.primary')
  await page.waitForSelector('[name=name][aria-invalid=true]')
  await page.fill('[name=name]', 'Audit Renamed')
  await page.click('main button.primary')
  await page.waitForSelector('.company:has-text("Audit Renamed")')
  assert.deepEqual(wrong, [])
  await context.close()
})

test('a source of external tasks: its secret goes in and never comes out', async () => {
  const boss = await found(house.url, 'Source Boss')
  const { page, wrong, context } = await at(boss, '/company/source')
  await page.waitForSelector('text=The company uses the source of the installation.')
  await page.fill('[name=url]', 'no url')
  await page.click('form button.primary')
  await page.waitForSelector('[name=url][aria-invalid=true]')
  await page.fill('[name=url]', 'http://127.0.0.1:9/todos')
  await page.fill('[name=header]', 'X-Key')
  await page.fill('[name=value]', 'the secret itself')
  await page.click('form button.primary')
  await page.waitForSelector('text=The company uses its own source.')
  await page.waitForSelector('text=Unavailable')
  await page.reload()
  await page.waitForSelector('text=The company uses its own source.')
  assert.equal(await page.inputValue('[name=value]'), '')
  assert.equal((await page.content()).includes('the secret itself'), false)
  await page.click('text=Remove source')
  await page.click('dialog button.primary')
  await page.waitForSelector('text=The company uses the source of the installation.')
  assert.deepEqual(wrong, [])
  await context.close()
})

test('T16 who does not manage the company sees no page of it, and is refused by the server', async () => {
  for (const role of ['member', 'guest']) {
    const { mate } = await company('Not ' + role, role)
    const { page, wrong, context } = await at(mate, '/company')
    for (const path of [
      '/company',
      '/company/audit',
      '/company/invitations',
      '/company/source',
      '/company/notifications',
      '/company/about',
    ]) {
      await page.goto(house.url + path)
      await page.waitForSelector('h1:has-text("You don’t have access")')
      assert.equal(await page.locator('nav a[href="/company"]').count(), 0)
    }
    for (const path of [
      '/api/events/audit/',
      '/api/notifications/sent/',
      '/api/auth/invitations/',
      '/api/external-tasks/source/',
      `/api/auth/company-users/${mate.id}/sessions/`,
    ]) {
      assert.equal(await page.evaluate((p) => fetch(p).then((r) => r.status), path), 403, path)
    }
    assert.deepEqual(wrong, [])
    await context.close()
  }
})

test('an operator changes the own password, and other sessions end', async () => {
  const { page, wrong, context } = await operator('/admin/account')
  const other = await operator('/admin')
  const change = async (from, to) => {
    await page.fill('[name=current_password]', from)
    await page.fill('[name=new_password]', to)
    await page.click('main button.primary')
  }
  await change('not it at all 7', 'another horse 8 battery')
  await page.waitForSelector('[name=current_password][aria-invalid=true]')
  await change(password, 'another horse 8 battery')
  await page.waitForSelector('.toast >> text=Password changed')
  await other.page.goto(house.url + '/admin')
  await other.page.waitForSelector('h1 >> text=Sign in as an operator')
  await change('another horse 8 battery', password)
  await until('the old password again', async () => (await page.locator('.toast').count()) > 1)
  wrong.splice(0) // the refusal was meant
  await context.close()
  await other.context.close()
})

test('T16 T17 an admin of one company finds nothing of another, whatever is typed, and no operator’s door', async () => {
  const one = await company('One', 'admin')
  const other = await company('Quokka')
  const task = await other.boss.ask('POST', '/api/tasks/', { title: 'Quokka plan', assigned_to: other.mate.id })
  const { page, wrong, context } = await at(one.mate, '/company')
  for (const path of [
    `/company?search=quokka`,
    `/company/audit?task=${task.id}`,
    `/company/audit?actor=${other.mate.id}`,
    `/company/notifications?user=${other.mate.id}`,
    '/company/invitations?page=1',
  ]) {
    await page.goto(house.url + path)
    await page.waitForSelector('main .scroll[aria-busy=false] .note')
    assert.equal(/quokka/i.test(await page.locator('main').textContent()), false, path)
  }
  for (const path of [
    `/api/auth/company-users/${other.mate.id}/`,
    `/api/auth/company-users/${other.mate.id}/sessions/`,
    `/api/tasks/${task.id}/`,
  ]) {
    assert.equal(await page.evaluate((p) => fetch(p).then((r) => r.status), path), 404, path)
  }
  // The operator's pages ask for a sign-in of their own. A member's session does not open them.
  for (const path of [
    '/admin',
    '/admin/users',
    `/admin/tasks?company=${other.boss.company.id}`,
    '/admin/jobs',
    '/admin/figures',
  ]) {
    await page.goto(house.url + path)
    await page.waitForSelector('h1:has-text("Sign in as an operator")')
    assert.equal(/quokka/i.test(await page.locator('body').textContent()), false, path)
  }
  await page.fill('[name=username]', one.boss.username)
  await page.fill('[name=password]', password)
  await page.click('button.primary')
  await page.waitForSelector('.error')
  for (const path of [
    '/api/operator/companies/',
    '/api/operator/jobs/',
    `/api/operator/companies/${one.boss.company.id}/tasks/`,
  ]) {
    assert.equal(await page.evaluate((p) => fetch(p).then((r) => r.status), path), 401, path)
    await assert.rejects(one.boss.ask('GET', path), /403/)
  }
  await page.goto(house.url + '/board')
  await page.waitForSelector('.state.live') // the member is still signed in
  assert.deepEqual(wrong, [])
  await context.close()
})

test('an operator looks after companies, users, members, tasks, notifications, jobs and figures', async () => {
  const { boss, mate } = await company('Looked After')
  const task = await boss.ask('POST', '/api/tasks/', { title: 'to be put right', assigned_to: mate.id })
  const { page, wrong, context } = await operator()
  await page.fill('[aria-label="Search companies"]', 'looked after')
  await until('one company', async () => (await rows(page)) === 1)
  await page.click('tbody button')
  await page.fill('dialog [name=name]', 'Looked After Well')
  await page.click('dialog button.primary')
  await row(page, 'Looked After Well').waitFor()
  const id = boss.company.id

  await page.goto(`${house.url}/admin/tasks?company=${id}`)
  await page.fill('[aria-label="Search tasks"]', 'right')
  await row(page, 'to be put right').locator('button').click()
  await page.selectOption('dialog [name=status]', 'done')
  await boss.ask('PATCH', `/api/tasks/${task.id}/`, { title: 'to be put right at once' }) // meanwhile
  await page.click('dialog button.primary')
  await page.waitForSelector('dialog .error')
  await page.keyboard.press('Escape')
  await page.reload()
  await row(page, 'at once').locator('button').click()
  await page.selectOption('dialog [name=status]', 'done')
  await page.click('dialog button.primary')
  await until('done', async () => (await boss.ask('GET', `/api/tasks/${task.id}/`)).status === 'done')
  const audit = await boss.ask('GET', '/api/events/audit/')
  assert.equal(audit.results[0].operator, true)

  await page.goto(`${house.url}/admin/members?company=${id}`)
  await row(page, 'Looked After Mate').locator('button').click()
  await page.selectOption('dialog [name=role]', 'guest')
  await page.click('dialog button.primary')
  await until('a guest', async () => (await mate.ask('GET', '/api/auth/profile/')).role === 'guest')

  await page.goto(`${house.url}/admin/notifications?company=${id}`)
  await until(
    'told',
    async () => ((await rows(page)) > 0 ? true : void (await page.reload(), await page.waitForTimeout(500))),
    20_000,
  )
  await page.fill('[aria-label="Search messages"]', 'nothing like it')
  await page.waitForSelector('text=No results')
  await page.fill('[aria-label="Search messages"]', 'RIGHT')
  await until('found by its words', async () => (await rows(page)) > 0 && page.url().includes('search=RIGHT'))
  await row(page, 'Looked After Mate').first().locator('button').click()
  await row(page, 'Mark as unread').first().waitFor()
  assert.equal((await mate.ask('GET', '/api/notifications/unread/')).unread, 0)

  await page.goto(house.url + '/admin/jobs')
  await until(
    'jobs',
    async () => ((await rows(page)) > 0 ? true : void (await page.reload(), await page.waitForTimeout(500))),
    20_000,
  )
  await page.selectOption('[aria-label="State"]', 'dead')
  await page.waitForSelector('text=No jobs')

  await page.goto(house.url + '/admin/figures?days=7')
  await row(page, 'Looked After Well').waitFor()
  assert.ok((await page.locator('dl').textContent()).includes('Completed'))

  await page.goto(house.url + '/admin/users?search=looked.after.mate')
  await page.click('tbody button')
  await page.selectOption('dialog [name=is_active]', 'false')
  await page.click('dialog button.primary')
  await page.waitForSelector('tbody >> text=Closed')
  await assert.rejects(mate.ask('GET', '/api/auth/profile/'), /401/)
  await page.selectOption('[aria-label="Account type"]', 'true')
  await page.waitForSelector('text=No results')

  await page.click('[aria-label="Sign out"]')
  await page.waitForSelector('h1:has-text("Sign in as an operator")')
  assert.deepEqual(wrong, [])
  await context.close()
})

test('an operator finds any of a company’s many people, to filter by and to give a task to', async () => {
  const { boss, mate } = await company('Crowded')
  // The last of these people is on no first page of any list.
  for (let i = 0; i < 12; i++) {
    const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
    await found(house.url, `Crowd ${String.fromCharCode(97 + i)}`, token)
  }
  await boss.ask('POST', '/api/tasks/', { title: 'of the mate', assigned_to: mate.id })
  await boss.ask('POST', '/api/tasks/', { title: 'of nobody' })
  const { page, wrong, context } = await operator(`/admin/tasks?company=${boss.company.id}`)
  await until('both', async () => (await rows(page)) === 2)
  await page.click('[aria-label=Assignee]')
  await until('some are offered', async () => (await page.locator('[role=option]').count()) === 8)
  await page.fill('[aria-label=Assignee]', 'crowd l')
  await until('one is', async () => (await page.locator('[role=option]').count()) === 1)
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Enter')
  await page.waitForSelector('text=No results')
  await page.reload()
  await until(
    'the name is known from the address',
    async () => (await page.inputValue('[aria-label=Assignee]')) === 'Crowd l',
  )
  await page.fill('[aria-label=Assignee]', '')
  await page.keyboard.press('Tab')
  await until('both again', async () => (await rows(page)) === 2)
  await row(page, 'of nobody').locator('button').click()
  await page.fill('dialog [aria-label=Assignee]', 'crowd k')
  await page.waitForSelector('dialog [role=option]')
  assert.deepEqual(await violations(page), [])
  await page.click('dialog [role=option]')
  assert.equal(await page.inputValue('dialog [aria-label=Assignee]'), 'Crowd k')
  await page.click('dialog button.primary')
  await until(
    'given',
    async () =>
      (await boss.ask('GET', '/api/tasks/?search=nobody')).results[0].assigned_to_detail?.username === 'crowd.k',
  )
  await page.waitForSelector('tbody >> text=Crowd k')
  await row(page, 'of the mate').locator('button').click()
  await page.fill('dialog [aria-label=Assignee]', 'what is no name')
  await page.keyboard.press('Tab')
  assert.equal(
    await page.inputValue('dialog [aria-label=Assignee]'),
    'Crowded Mate',
    'what was typed and not chosen is no choice',
  )
  await page.fill('dialog [aria-label=Assignee]', '')
  await page.keyboard.press('Tab') // closes the list, which would cover the button
  await page.click('dialog button.primary')
  await until(
    'nobody has it',
    async () => (await boss.ask('GET', '/api/tasks/?search=mate')).results[0].assigned_to === null,
  )
  assert.deepEqual(wrong, [])
  await context.close()
})

test('axe finds nothing on these pages, in light and dark, wide and narrow; and no member loads the operator’s code', async () => {
  const { boss, mate } = await company('Axe')
  await boss.ask('POST', '/api/tasks/', { title: 'A task', assigned_to: mate.id })
  await boss.ask('POST', '/api/auth/invitations/', { email: 'axe@example.com' })
  const id = boss.company.id
  for (const options of [
    {},
    { colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 }, locale: 'de-DE' },
    { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'fr-FR' },
  ]) {
    const loaded = []
    const member = await person(browser, house.url, options)
    member.page.on('request', (r) => loaded.push(r.url()))
    await signIn(member.page, house.url, boss)
    const scripts = loaded.filter((u) => u.endsWith('.js'))
    assert.ok(scripts.length > 10)
    for (const url of scripts) {
      const text = await (await fetch(url)).text()
      assert.doesNotMatch(text, /api\/operator|invitation\.emailHint/, url + ' has code or words of the admin pages')
    }
    const above = await operator('/admin', options)
    for (const [page, paths] of [
      [
        member.page,
        [
          '/company',
          '/company/invitations',
          '/company/notifications',
          '/company/source',
          '/company/audit',
          '/company/about',
        ],
      ],
      [
        above.page,
        [
          '/admin',
          '/admin/users',
          `/admin/members?company=${id}`,
          `/admin/tasks?company=${id}`,
          `/admin/notifications?company=${id}`,
          '/admin/jobs',
          '/admin/figures',
          '/admin/tasks',
        ],
      ],
    ]) {
      for (const path of paths) {
        await page.goto(house.url + path)
        await page.waitForSelector('h1')
        await page.waitForSelector('[aria-busy=true]', { state: 'detached' })
        await page.waitForTimeout(300)
        assert.deepEqual(await violations(page), [], `${path} ${JSON.stringify(options)}`)
        assert.equal(
          await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
          true,
          path + ' is wider than the window',
        )
      }
    }
    // A dialog, by key alone.
    await member.page.goto(house.url + '/company/invitations')
    await member.page.waitForSelector('tbody tr')
    await member.page.focus('.actions button')
    await member.page.keyboard.press('Enter')
    await member.page.waitForSelector('dialog[open]')
    assert.deepEqual(await violations(member.page), [], 'dialog ' + JSON.stringify(options))
    await member.page.keyboard.press('Escape')
    await member.page.waitForSelector('dialog', { state: 'detached' })
    assert.ok(await member.page.evaluate('document.activeElement.matches(".actions button")'), 'the focus comes back')
    assert.deepEqual([member.wrong, above.wrong], [[], []])
    await member.context.close()
    await above.context.close()
  }
})
