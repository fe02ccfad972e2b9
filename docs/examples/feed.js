// follow calls onEvent with every change of the company after the event with the number since (null: from now on), once and in
// order. After a cut of any length it goes on where it was. getToken gives an access token that is still good, or a promise of one.
export function follow(url, getToken, since, onEvent, onState = () => {}) {
  let socket, wait = 500, stopped = false
  const connect = async () => {
    const query = since === null ? '' : '?since=' + since
    socket = new WebSocket(url + query, ['bearer', await getToken()])
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data)
      if (message.seq !== undefined) since = message.seq
      if (message.type === 'connection_established') {
        wait = 500
        onState('live')
      } else if (message.type === 'resync' || message.seq !== undefined) onEvent(message) // resync: load everything again
    }
    socket.onclose = ({ code }) => {
      if (stopped || code === 4003) return onState('over') // no longer a member
      onState('waiting')
      setTimeout(connect, wait * (0.5 + Math.random())) // not all clients at the same moment
      wait = Math.min(wait * 2, 30000)
    }
  }
  connect()
  return () => {
    stopped = true
    socket?.close()
  }
}
