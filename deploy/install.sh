# Installs what a fresh Debian, Ubuntu or Raspberry Pi OS lacks; sourced by ./run and ./test from the checkout's root.
#
# Nothing is installed twice: Debian packages are asked for by name, the virtual environment carries a stamp made of
# the lock files, pyproject.toml, the Python and the place it stands in.
# shellcheck shell=bash

unset PYTHONPATH PYTHONHOME # the virtual environment is all that counts
mkdir -p var
log=$PWD/var/install.log

stop() { # stop SENTENCE...: say what is wrong and what to do, and end
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

step_number=0
step() { # step WORDS: announce the next of $steps
    step_number=$((step_number + 1))
    step_began=$SECONDS
    printf '[%d/%d] %-18s ' "$step_number" "$steps" "$1"
}

done_with() { # done_with OUTCOME: close the step's line
    local took=$((SECONDS - step_began))
    if [ "$took" -gt 0 ]; then printf '%s (%d s)\n' "$1" "$took"; else printf '%s\n' "$1"; fi
}

suits() { # suits PYTHON: is this a CPython that the locked wheels are built for?
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14) and sys.implementation.name == "cpython"))' \
        2>/dev/null
}

find_python() { # sets $python to the first that suits, or to nothing
    local name
    python=
    for name in python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && suits "$name"; then
            python=$(command -v "$name")
            return
        fi
    done
}

refuse_python() {
    stop "This needs Python 3.11, 3.12 or 3.13; this machine has $(python3 --version 2>&1)." \
        "Debian 12 and 13, Ubuntu 24.04 and Raspberry Pi OS of the same years bring one of them."
}

is_installed() { [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

has_headers() { # has_headers: has $python what compiling against it needs?
    [ -n "$python" ] && "$python" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' 2>/dev/null
}

missing_packages() { # missing_packages SET...: prints the names (alternatives still joined) that are not installed
    local set names why name found
    while read -r set names why; do
        case " $* " in *" $set "*) ;; *) continue ;; esac
        # a Python of one's own needs no package, one that makes environments needs no python3-venv
        if [ "$names" = python3 ] && [ -n "$python" ]; then continue; fi
        if [ "$names" = python3-venv ] && [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            continue
        fi
        if [ "$names" = python3-dev ] && has_headers; then continue; fi
        found=
        for name in ${names//|/ }; do
            if is_installed "$name"; then found=1; fi
        done
        if [ -z "$found" ]; then echo "$names"; fi
    done < <(grep -vE '^(#|$)' deploy/apt-packages) | sort -u
}

apt_name() { # apt_name A|B: the first name that apt knows here
    local name
    for name in ${1//|/ }; do
        if [ -n "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ]; then
            echo "$name"
            return
        fi
    done
    echo "${1##*|}" # without package lists the plain name has the best chance
}

install_packages() { # install_packages SET...: the Debian packages of these sets
    step "System packages"
    local missing names=() name root=()
    mapfile -t missing < <(missing_packages "$@")
    if [ ${#missing[@]} -eq 0 ]; then
        done_with "all there"
        return
    fi
    if ! command -v apt-get >/dev/null; then
        done_with "not looked at"
        echo "This machine has no apt; if something fails, install what matches: ${missing[*]}" >&2
        return
    fi
    for name in "${missing[@]}"; do names+=("$(apt_name "$name")"); done
    local command="apt-get update && apt-get install --no-install-recommends ${names[*]}"
    if [ -n "${no_install:-}" ]; then
        stop "Missing: ${names[*]}" "Nothing was installed, as asked for. This does it: sudo sh -c '$command'"
    fi
    if [ "$(id -u)" -ne 0 ]; then
        root=(sudo)
        if ! command -v sudo >/dev/null; then
            stop "These packages are missing, and this machine has no sudo. Please ask an administrator to run, as root:" \
                "  $command"
        fi
        if ! sudo -n true 2>/dev/null; then
            if [ ! -t 0 ]; then
                stop "These packages are missing, and sudo wants a password. Please run, or ask an administrator to run:" \
                    "  sudo sh -c '$command'"
            fi
            printf '\nInstalling with sudo: %s\n' "${names[*]}"
            sudo -v || stop "Without sudo this can't go on. Please ask an administrator to run, as root:" "  $command"
        fi
    fi
    printf 'installing %d, which takes a minute or two ... ' "${#missing[@]}"
    local options=(-y -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2)
    : >"$log"
    if ! "${root[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300 >>"$log" 2>&1; then
        echo "(the package lists could not all be renewed; see $log)" >>"$log"
    fi
    names=()
    for name in "${missing[@]}"; do names+=("$(apt_name "$name")"); done
    # PostgreSQL's package would start a server for the whole machine, which nobody asked for
    local clusters=/etc/postgresql-common/createcluster.d
    options+=(-o "DPkg::Pre-Invoke::=mkdir -p $clusters && echo 'create_main_cluster = false' >$clusters/citizen-kiosk.conf"
        -o "DPkg::Post-Invoke::=rm -f $clusters/citizen-kiosk.conf; rmdir $clusters 2>/dev/null || true")
    if ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --no-install-recommends "${options[@]}" "${names[@]}" \
        </dev/null >>"$log" 2>&1; then
        if grep -qE 'Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|timed out' "$log"; then
            stop "Debian's package server can't be reached. Is this machine on the network? Wanted: ${names[*]}" \
                "What apt said is in $log."
        fi
        tail -n 5 "$log" >&2
        stop "apt could not install: ${names[*]}" "What it said is in $log."
    fi
    done_with "done"
}

stamp_of() { # stamp_of: what the environment was made from
    { cat requirements/*.lock pyproject.toml; "$python" -VV; echo "$PWD"; } | sha256sum | cut -d ' ' -f 1
}

is_stamped() { # is_stamped LOCK...: does the environment hold one of these locks as it stands now?
    local lock
    for lock in "$@"; do
        if [ "$(cat ".venv/installed-$lock" 2>/dev/null)" = "$(stamp_of)" ]; then return 0; fi
    done
    return 1
}

make_environment() { # make_environment: .venv, with a Python that runs
    step "Environment"
    if [ -e .venv ] && [ ! -w .venv ]; then
        stop "$PWD/.venv belongs to $(stat -c %U .venv), so $(id -un) can't install into it." \
            "Start this as that person, or from a checkout of your own."
    fi
    if [ -x .venv/bin/python ] && suits .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python=.venv/bin/python
        done_with "there already"
        return
    fi
    if [ -n "${no_install:-}" ]; then stop "$PWD/.venv is missing; nothing was installed, as asked for."; fi
    if ! "$python" -m venv --clear .venv >>"$log" 2>&1; then
        tail -n 5 "$log" >&2
        stop "The virtual environment can't be made in $PWD/.venv; what Python said is in $log."
    fi
    python=.venv/bin/python
    done_with "made with $($python --version)"
}

run_pip() { # run_pip ARGUMENT...: pip install, its words in the log, the package at hand on the screen
    local line on_screen=
    if [ -t 1 ]; then on_screen=1; fi
    "$python" -m pip install --disable-pip-version-check --no-input --retries 2 "$@" </dev/null 2>&1 |
        while IFS= read -r line; do
            printf '%s\n' "$line" >>"$log"
            if [ -n "$on_screen" ] && [[ $line =~ ^Collecting\ ([^ ]+) ]]; then
                printf '\0337%-40.40s\0338' "${BASH_REMATCH[1]}"
            fi
        done
    local outcome=${PIPESTATUS[0]}
    if [ -n "$on_screen" ]; then printf '\0337%-40s\0338' ''; fi
    return "$outcome"
}

install_lock() { # install_lock LOCK [LOCK-THAT-CONTAINS-IT...]: the locked wheels and the two commands
    step "Python packages"
    if is_stamped "$@"; then
        done_with "all there"
        return
    fi
    if [ -n "${no_install:-}" ]; then
        stop "The environment is not up to date with requirements/$1.lock; nothing was installed, as asked for."
    fi
    : >"$log"
    printf 'installing, which takes a minute ... '
    # Wheels alone, but for the two that have none for Linux. What compiles them comes from a lock of its own, before
    # them, so that nothing is fetched that is not locked.
    if ! run_pip --require-hashes --only-binary :all: -r requirements/build.lock ||
        ! run_pip --require-hashes --only-binary :all: --no-binary pyscard,gunicorn-h1c --no-build-isolation -r "requirements/$1.lock"; then
        if grep -qE 'NewConnectionError|NameResolutionError|ConnectTimeout|Network is unreachable|Connection refused' "$log"; then
            stop "The Python package index can't be reached. Is this machine on the network?" "What pip said is in $log."
        fi
        tail -n 5 "$log" >&2
        stop "pip could not install requirements/$1.lock; what it said is in $log."
    fi
    # setuptools comes from the lock, so nothing is fetched for this
    if ! run_pip --no-deps --no-build-isolation --no-index --editable .; then
        tail -n 5 "$log" >&2
        stop "The commands kiosk and office could not be made; what pip said is in $log."
    fi
    stamp_of >".venv/installed-$1"
    done_with "done"
}

compile_sources() { # compile_sources: byte code, without which the kiosk starts at half the speed, and the catalogues
    step "Catalogues"
    "$python" -m compileall -q -j 0 kiosk_app logbook devices screens offline_cache central_office deploy >>"$log" 2>&1 ||
        stop "Some modules do not compile; see $log."
    local compiled
    compiled=$("$python" -m deploy.catalogues) || stop "A wording catalogue is broken (see above)."
    done_with "$compiled"
}

install_all() { # install_all LOCK "SET..." [LOCK-THAT-CONTAINS-IT]: everything, in $steps = 4 steps
    exec 9>var/install.lock # two installations at once would trip over each other
    flock 9
    find_python
    if [ -z "$python" ] && command -v python3 >/dev/null; then refuse_python; fi
    # shellcheck disable=SC2086
    install_packages $2
    find_python
    if [ -z "$python" ]; then refuse_python; fi
    make_environment
    install_lock "$1" "${@:3}"
    compile_sources
    exec 9>&-
}
