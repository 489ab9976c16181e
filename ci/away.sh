# shellcheck shell=bash disable=SC2034 # used by those who source this
# What ci/run-linux, ci/run-musl and ci/run-windows have in common: they run the
# libraries that scripts/build-natives has built away from the platform that they
# were built on.  Each takes the directory of the libraries as its last argument.

ci=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$ci")
native=$top/native
# shellcheck source-path=SCRIPTDIR source=../native/parts.sh
. "$native/parts.sh"
scratch=$native/target/away
mkdir -p "$scratch"

# What a run needs and is not there.
loudly() { echo "******** NOT RUN: $* ********"; }

has() { command -v "$1" >/dev/null 2>&1; }

# try TITLE COMMAND...: a run that must succeed, in at most five minutes.
try() {
  local title=$1 start=$SECONDS log=$scratch/try.log
  shift
  echo "== $title"
  if ! timeout 300 "$@" >"$log" 2>&1 </dev/null; then
    cut -c1-300 "$log" | tail -n 60
    echo "FAILED after $((SECONDS - start)) s: $title" >&2
    exit 1
  fi
  tail -n 1 "$log"
  echo "   in $((SECONDS - start)) s"
}

# What native/test/run compiles its hosts with.
host_flags="-std=c11 -g -O1 -Wall -Wextra -Wpedantic -Werror"
host_sources="$native/test/host_sqlite.c $native/test/host_blob.c $native/test/host_vtab.c $native/test/host_store.c"

# The demo's class path: in front is the jar with the libraries of all platforms.
all_platforms=$native/target/sqlite-s3vfs-all-platforms.jar
demo_classes() {
  local list=$top/java/benchmark/target/classpath.txt
  if [ ! -f "$all_platforms" ] || [ ! -f "$list" ]; then
    echo "no $all_platforms, or no $list: ci/natives makes both" >&2
    return 1
  fi
  echo "$all_platforms:$top/java/benchmark/target/classes:$(cat "$list")"
}
demo=io.github.s3vfs.benchmark.Demo
# A run is short, and under an emulator costs less without the optimizing compiler.
java_flags="-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

# amalgamation: prints the directory of SQLite's source in one file, of the
# version that sqlite-jdbc has, fetched from the npm registry if need be.
amalgamation() {
  local version=13.2.0
  local sum=40487589df3496f2ee0079d22b73c63fccebe7db0e8ee9a2c42421861e321e0b
  local dir=$scratch/sqlite-$version
  if [ ! -f "$dir/sqlite3.c" ]; then
    has curl || return 1
    mkdir -p "$dir"
    curl -sSfL -m 120 -o "$dir/source.tgz" \
      "https://registry.npmjs.org/better-sqlite3/-/better-sqlite3-$version.tgz" || return 1
    echo "$sum  $dir/source.tgz" | sha256sum -c --quiet - >&2 || return 1
    tar -xzf "$dir/source.tgz" -C "$dir" --strip-components=3 package/deps/sqlite3
  fi
  echo "$dir"
}

# runtime VERSION TYPE CLASSIFIER: prints the directory of a Java run-time image
# for an operating system whose images no package has: the one in Flyway's
# distribution, which Maven Central has.
runtime() {
  local dir=$scratch/jre-$3-$1
  if [ ! -d "$dir" ]; then
    (cd "$top" && timeout 240 ./mvnw -B -ntp -N -q \
      org.apache.maven.plugins:maven-dependency-plugin:3.11.0:unpack \
      "-Dartifact=org.flywaydb:flyway-commandline:$1:$2:$3" "-DoutputDirectory=$dir.part" \
      '-Dmdep.unpack.includes=*/jre/**' "-DmarkersDirectory=$dir.part") >&2 </dev/null || return 1
    mv "$dir.part" "$dir"
  fi
  echo "$dir/flyway-$1/jre"
}
