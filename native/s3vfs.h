/*
** The border between SQLite's VFS interface and the host (Java).
**
** This extension registers VFSes whose I/O methods call "upcalls": functions
** that the host hands over once with s3vfs_bind().  There is no policy here:
** every decision about files, locks and storage is the host's.
**
** Upcalls
** -------
** All upcalls take int, sqlite3_int64 and pointers passed as sqlite3_int64,
** and all return a "reply", one sqlite3_int64:
**
**     bits 32..63   a value, as a signed 32-bit integer
**     bits 16..31   the tag S3VFS_REPLY_TAG
**     bits  0..15   an SQLite (extended) result code
**
** A reply without the tag is a failure, SQLITE_IOERR.  In particular 0, which
** is what a foreign-function library returns when the host's function threw
** an exception, is a failure: the border fails closed.  The same holds for an
** upcall that is not bound (yet, or any more).
*/
#ifndef S3VFS_H
#define S3VFS_H

#include "sqlite/sqlite3.h"

#define S3VFS_ABI 1
#define S3VFS_REPLY_TAG 0x5333

/* Longest path name that a VFS of this extension takes, in bytes, without
** the terminating NUL: a bucket, a slash and an S3 key of 1024 bytes fit,
** and so do SQLite's suffixes. */
#define S3VFS_MAX_PATH 1536

/* Size in bytes of the text buffer that the pragma upcall may fill. */
#define S3VFS_PRAGMA_TEXT 8192

/* Ops of the control upcall. */
#define S3VFS_CONTROL_SYNC 1         /* SQLITE_FCNTL_SYNC */
#define S3VFS_CONTROL_COMMITTED 2    /* SQLITE_FCNTL_COMMIT_PHASETWO */

/* The upcalls.  All have one signature; what the arguments mean depends on the
** slot ("-" is 0):
**
**   slot       id       a         b         c        n         value of the reply
**   OPEN       vfs id   zPath     zParams   -        flags     file handle (> 0)
**   CLOSE      handle   -         -         -        -         -
**   READ       handle   buffer    offset    -        count     bytes read (0..count)
**   WRITE      handle   buffer    offset    -        count     -
**   TRUNCATE   handle   size      -         -        -         -
**   SYNC       handle   -         -         -        flags     -
**   SIZE       handle   pSize     -         -        -         -  (*pSize: sqlite3_int64)
**   LOCK       handle   -         -         -        level     -
**   UNLOCK     handle   -         -         -        level     -
**   RESERVED   handle   -         -         -        -         0 or 1
**   CONTROL    handle   -         -         -        op        -
**   PRAGMA     handle   zName     zArg      zText    size      -
**   DELETE     vfs id   zPath     -         -        syncDir   -
**   ACCESS     vfs id   zPath     -         -        flags     0 or 1
**   FULLPATH   vfs id   zPath     zOut      -        size      -
**
** zPath and zName are NUL-terminated UTF-8 and never NULL; zArg may be NULL.
** zParams is a list of NUL-terminated strings, name and value in turn, ended
** by an empty name; it holds the URI parameters of the file and is never NULL.
** For a journal they are those of its database.  Every buffer is valid for the
** duration of the upcall only.  size counts the bytes that fit into zText or
** zOut, the NUL included; the host writes NUL-terminated UTF-8 there.
**
** READ answers fewer bytes than asked for only at the end of the file; this
** side fills the rest with zeros and answers SQLITE_IOERR_SHORT_READ.
**
** LOCK and UNLOCK come only when they change the level that the host last
** granted, except after one that failed with anything but SQLITE_BUSY: then the
** next one of either always comes, and the level may be one already held.
**
** CONTROL has no "not found": SQLite would take it for success, so here it is
** a failure.
**
** PRAGMA answers SQLITE_NOTFOUND for a pragma that SQLite shall process, else
** SQLITE_OK or an error with the result or message in zText (empty: none). */
enum {
  S3VFS_UP_OPEN, S3VFS_UP_CLOSE, S3VFS_UP_READ, S3VFS_UP_WRITE, S3VFS_UP_TRUNCATE,
  S3VFS_UP_SYNC, S3VFS_UP_SIZE, S3VFS_UP_LOCK, S3VFS_UP_UNLOCK, S3VFS_UP_RESERVED,
  S3VFS_UP_CONTROL, S3VFS_UP_PRAGMA, S3VFS_UP_DELETE, S3VFS_UP_ACCESS, S3VFS_UP_FULLPATH,
  S3VFS_UP_COUNT
};

typedef sqlite3_int64 (*s3vfs_upcall)(int id, sqlite3_int64 a, sqlite3_int64 b,
                                      sqlite3_int64 c, int n);

#if defined(_WIN32)
# define S3VFS_EXPORT __declspec(dllexport)
#else
# define S3VFS_EXPORT __attribute__((visibility("default")))
#endif

struct sqlite3_api_routines;

/* Extension entry point; answers SQLITE_OK_LOAD_PERMANENTLY.  Must have run
** before any other function of this header; a second run is harmless. */
S3VFS_EXPORT int sqlite3_s3vfs_init(sqlite3 *db, char **pzErrMsg,
                                    const struct sqlite3_api_routines *pApi);

/* The S3VFS_ABI this library was built with, or 0 if the entry point has not run. */
S3VFS_EXPORT int s3vfs_abi(void);

/* Hands over the upcalls, all of them, in the order of the slots.  Replaces
** earlier ones, as if s3vfs_unbind() had been called.  SQLITE_MISUSE when one
** is NULL or the entry point has not run.  Not to be called from an upcall. */
S3VFS_EXPORT int s3vfs_bind(
    s3vfs_upcall xOpen, s3vfs_upcall xClose, s3vfs_upcall xRead, s3vfs_upcall xWrite,
    s3vfs_upcall xTruncate, s3vfs_upcall xSync, s3vfs_upcall xSize, s3vfs_upcall xLock,
    s3vfs_upcall xUnlock, s3vfs_upcall xReserved, s3vfs_upcall xControl, s3vfs_upcall xPragma,
    s3vfs_upcall xDelete, s3vfs_upcall xAccess, s3vfs_upcall xFullpath);

/* Takes the upcalls back: from now on every method of every file fails with
** SQLITE_IOERR.  Waits until no upcall is running in another thread; not to be
** called from an upcall, which would wait for itself.
**
** Handles and ids end with the binding they were given in.  Whatever is bound
** later, open files keep failing, and a VFS does until it is unregistered and
** registered again.  (A VFS registered before upcalls are bound is theirs.) */
S3VFS_EXPORT int s3vfs_unbind(void);

/* Registers a VFS, never as the default one.  id is handed to the OPEN, DELETE,
** ACCESS and FULLPATH upcalls.  SQLITE_BUSY if the name is taken (in any
** library of the process), SQLITE_NOMEM, SQLITE_MISUSE. */
S3VFS_EXPORT int s3vfs_register(const char *zName, int id);

/* Unregisters the VFS of that name.  Its memory stays, so that a connection
** that is being opened at this moment does no harm.  SQLITE_NOTFOUND if this
** library has registered none. */
S3VFS_EXPORT int s3vfs_unregister(const char *zName);

#endif
