# For the scripts beside it, which install an S3 server, start it, run a command against it and stop it.
set -euo pipefail

work=$(mktemp -d)
server=

stop() {
  local code=$?
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  [ "$code" -eq 0 ] || tail -n 50 "$work/server.log" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

port=$(node -e 's = net.createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')

# Starts the server, which is to listen on $port, and waits until it does.
start() {
  printf '%s\n' "$1"
  shift
  "$@" >"$work/server.log" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    kill -0 "$server" 2>/dev/null || break
    if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo 'the server did not start'
  return 1
}

# Runs the command with the server's address.
against() {
  "$@" --endpoint "http://127.0.0.1:$port" --access-key key --secret-key secret --region us-east-1
}
