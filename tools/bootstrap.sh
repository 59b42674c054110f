#!/usr/bin/env bash
# Makes .venv with Python 3.13 and puts a hash-pinned uv into it.
set -euo pipefail

wanted=$(cat .python-version)
python=""
for candidate in "${PYTHON:-}" "python$wanted" python3 python "$HOME/.pyenv/shims/python$wanted"; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c "import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" \
    2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  cat >&2 <<MESSAGE

Python $wanted is needed (the version of the Lambda runtime) and was not found.
Install it, then run make again:
  pyenv            pyenv install $wanted
  uv               uv python install $wanted
  Debian, Ubuntu   apt-get install python$wanted python$wanted-venv   (where the release has it)
  macOS            brew install python@$wanted
Or name one that is installed elsewhere: make PYTHON=/path/to/python$wanted ...

MESSAGE
  exit 1
fi

# A moved or half-made environment has scripts that point elsewhere: begin again.
echo "make .venv with $("$python" --version)"
rm -rf .venv .venv-cloud .venv-sam
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
  --require-hashes --only-binary :all: -r requirements/bootstrap.txt
.venv/bin/python - <<'PY'
import pathlib
import sysconfig

root = pathlib.Path.cwd()
pth = pathlib.Path(sysconfig.get_path("purelib")) / "ess_help_me.pth"
pth.write_text(f"{root / 'layers' / 'ess'}\n{root}\n", encoding="utf-8")
PY
pwd > .venv/.bootstrap
