# shellcheck shell=sh disable=SC2034,SC2154 # given to, or by, those who source this
# What the library is made of and how it is compiled: for native/build-host,
# native/cross and ci/check-natives, which source it with $native set to this
# directory.

sources="s3vfs.c file.c upcall.c page_cache.c volume.c blob.c vtab.c freestanding.c"
headers="s3vfs.h upcall.h file.h page_cache.h sqlite"

# The language and the warnings are those of native/test/run.  The rest keeps
# the compiler from adding calls to a C library of its own accord.
cflags="-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror
  -ffreestanding -fno-builtin -fno-stack-protector -fvisibility=hidden"

# For the linker, where libraries are ELF files.
elf_link="-Bsymbolic --build-id=none -z defs -z noexecstack -z relro"

# The functions that the library is to export, sorted.
wanted_exports() {
  sed -n 's/^S3VFS_EXPORT [a-z0-9_]* \([a-z0-9_]*\)(.*/\1/p' "$native/s3vfs.h" | LC_ALL=C sort
}

# The library's file name on a platform, as Java's System.mapLibraryName() has it.
library_of() {
  case $1 in
    linux-*) echo libs3vfs.so ;;
    darwin-*) echo libs3vfs.dylib ;;
    win32-*) echo s3vfs.dll ;;
  esac
}

# The lines of native/targets, without comments.
targets() {
  sed -e 's/#.*//' -e '/^ *$/d' "$native/targets"
}

# newest_llvm TOOL...: what follows the names of these tools in the newest LLVM
# that has them all on the PATH: "-19", or nothing where they have no number.
# Fails if there is none.
newest_llvm() {
  version=99
  while [ "$version" -ge 14 ]; do
    if has_tools "-$version" "$@"; then
      echo "-$version"
      return 0
    fi
    version=$((version - 1))
  done
  has_tools "" "$@"
}
has_tools() {
  suffix=$1
  shift
  for tool; do
    command -v "$tool$suffix" >/dev/null 2>&1 || return 1
  done
}
