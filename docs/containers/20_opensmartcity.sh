#!/bin/sh
# Prepare CKAN for ckanext-opensmartcity. For /docker-entrypoint.d of the images of ckan-docker, whose start_ckan.sh
# sources this file each time that a container starts; it may also be run by itself.
#
# CKAN_INI                     ckan.ini, which the image sets
# CKAN__PLUGINS, CKANEXT__OPENSMARTCITY__...
#                              plugins and our options; they are written to ckan.ini
# OPENSMARTCITY_KEY_SECRET     file of the signing key, such as a secret of Docker or Kubernetes; optional
# OPENSMARTCITY_KEY            where the key is kept, in a writable folder of a volume, beside the newest checkpoint
# OPENSMARTCITY_MIGRATE=no     leave the tables to another container
# OPENSMARTCITY_REINDEX=no     leave the search index to another container

(
  set -eu
  : "${CKAN_INI:?names no ckan.ini}"
  key=${OPENSMARTCITY_KEY:-${CKAN_STORAGE_PATH:-/var/lib/ckan}/opensmartcity/ledger.pem}
  secret=${OPENSMARTCITY_KEY_SECRET:-}

  say() {
    echo "opensmartcity: $*"
  }

  # Options that plugins read while they are declared, such as the folder of a city's standard, are not in CKAN's
  # configuration yet when the plugin envvars adds the environment to it.
  set --
  [ -z "${CKAN__PLUGINS:-}" ] || set -- "ckan.plugins = $CKAN__PLUGINS"
  for name in $(env | sed -n 's/^\(CKANEXT__OPENSMARTCITY__[A-Z0-9_]*\)=.*/\1/p'); do
    eval "value=\$$name"
    option=$(echo "$name" | tr '[:upper:]' '[:lower:]' | sed 's/__/./g')
    # A percent sign would begin an interpolation in ckan.ini.
    set -- "$@" "$option = $(printf '%s' "$value" | sed 's/%/%%/g')"
  done

  if [ -n "$secret" ]; then
    mkdir -p "$(dirname "$key")"
    chmod 700 "$(dirname "$key")"
    if [ ! -e "$key" ]; then
      install -m 600 "$secret" "$key"
    elif ! cmp -s "$secret" "$key"; then
      say "$secret is another key than $key, which has signed already. Run: ckan opensmartcity ledger rotate." \
        "Then name another file in OPENSMARTCITY_KEY" >&2
      exit 1
    fi
    set -- "$@" "ckanext.opensmartcity.signing_key = $key"
  fi

  if [ $# -gt 0 ]; then
    ckan config-tool "$CKAN_INI" "$@"
  fi

  if [ "${OPENSMARTCITY_MIGRATE:-yes}" != no ]; then
    ckan -c "$CKAN_INI" db upgrade -p opensmartcity
    say "the tables are of this version"
  fi

  if [ "${OPENSMARTCITY_REINDEX:-yes}" != no ] && ! ckan -c "$CKAN_INI" opensmartcity doctor --check index; then
    # A portal with an old index works: it says in its figures how many records they leave out.
    ckan -c "$CKAN_INI" search-index rebuild -q || say "the search index could not be rebuilt" >&2
  fi
)
# Not `|| exit`: a shell ignores `set -e` in a command that is part of such a list.
# shellcheck disable=SC2181
if [ $? -ne 0 ]; then
  exit 1
fi
