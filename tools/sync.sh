#!/usr/bin/env bash
# sync.sh ENVIRONMENT LOCK: makes the environment hold exactly what the lock says.
set -euo pipefail
environment=$1 lock=$2
uv=.venv/bin/uv

[ -x "$environment/bin/python" ] || "$uv" venv --quiet --python .venv/bin/python "$environment"
echo "install $lock into $environment"
locks=("$lock")
# uv itself lives in .venv and is named by a lock of its own.
[ "$environment" = .venv ] && locks+=(requirements/bootstrap.txt)
"$uv" pip sync --quiet --require-hashes --python "$environment/bin/python" "${locks[@]}"
# Some packages install their own tests under the name of ours.
rm -rf "$environment"/lib/python*/site-packages/tests
cp "$lock" "$environment/.stamp"
