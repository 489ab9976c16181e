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

#define S3VFS_ABI 5
#define S3VFS_REPLY_TAG 0x5333

/* Longest path name that a VFS of this extension takes, in bytes, without
** the terminating NUL: a bucket, a slash and an S3 key of 1024 bytes fit,
** and so do SQLite's suffixes. */
#define S3VFS_MAX_PATH 1536

/* Size in bytes of the text buffer that the pragma upcall may fill. */
#define S3VFS_PRAGMA_TEXT 8192

/* Size in bytes of the buffer for the message of an upcall about a table. */
#define S3VFS_TABLE_TEXT 2048

/* Ops of the control upcall. */
#define S3VFS_CONTROL_SYNC 1         /* SQLITE_FCNTL_SYNC */
#define S3VFS_CONTROL_COMMITTED 2    /* SQLITE_FCNTL_COMMIT_PHASETWO */

/* The upcalls.  All have one signature; what the arguments mean depends on the
** slot ("-" is 0):
**
**   slot       id       a         b         c        n         value of the reply
**   OPEN       vfs id   zPath     zParams   aFile    flags     file handle (> 0)
**   CLOSE      handle   -         -         -        -         -
**   READ       handle   buffer    offset    -        count     bytes read (0..count)
**   WRITE      handle   buffer    offset    -        count     -
**   TRUNCATE   handle   size      -         -        -         -
**   SYNC       handle   -         -         -        flags     -
**   SIZE       handle   pSize     -         -        -         -  (*pSize: sqlite3_int64)
**   LOCK       handle   aView     bEntered  -        level     -
**   UNLOCK     handle   -         -         -        level     -
**   RESERVED   handle   -         -         -        -         0 or 1
**   CONTROL    handle   -         -         -        op        -
**   PRAGMA     handle   zName     zArg      zText    size      -
**   DELETE     vfs id   zPath     -         -        syncDir   -
**   ACCESS     vfs id   zPath     -         -        flags     0 or 1
**   FULLPATH   vfs id   zPath     zOut      -        size      -
**   TABLE      module   azArg     db        zText    count     table (> 0)
**   SCHEMA     table    zOut      -         zText    size      bytes of the schema
**   PLAN       table    aPlan     zPlan     size     count     -
**   CURSOR     table    -         -         zText    -         cursor (> 0)
**   FILTER     cursor   zPlan     aCell     zText    count     -
**   FETCH      cursor   buffer    -         zText    size      bytes of the batch
**   RELEASE    handle   -         -         -        what      -
**
** zPath and zName are NUL-terminated UTF-8 and never NULL; zArg may be NULL.
** zParams is a list of NUL-terminated strings, name and value in turn, ended
** by an empty name; it holds the URI parameters of the file and is never NULL.
** For a journal they are those of its database.  Every buffer is valid for the
** duration of the upcall only.  size counts the bytes that fit into zText or
** zOut, the NUL included; the host writes NUL-terminated UTF-8 there.
**
** aFile is an array of two sqlite3_int64, zeros.  For a main database file the
** host may store there a volume, with a reference taken by s3vfs_volume_hold()
** that is given back when the file is closed, and how many nanoseconds old what
** it knows may be when a read transaction of this file begins.
**
** aView is an array of three sqlite3_int64, zeros.  When SHARED is granted the
** host may store there the view that the connection reads from now on (see
** s3vfs_volume_view() below), the length of the file in that view in bytes, and
** the binary logarithm of its page size.  Until the lock goes above SHARED, or
** back to nothing, that view is what the host answers READ and SIZE for.
** bEntered is 1 if SHARED is held already, without an upcall: the host takes
** note of that, whatever other locks there are, and looks at nothing anew.
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
** SQLITE_OK or an error with the result or message in zText (empty: none).
**
** The upcalls about tables are described below. */
enum {
  S3VFS_UP_OPEN, S3VFS_UP_CLOSE, S3VFS_UP_READ, S3VFS_UP_WRITE, S3VFS_UP_TRUNCATE,
  S3VFS_UP_SYNC, S3VFS_UP_SIZE, S3VFS_UP_LOCK, S3VFS_UP_UNLOCK, S3VFS_UP_RESERVED,
  S3VFS_UP_CONTROL, S3VFS_UP_PRAGMA, S3VFS_UP_DELETE, S3VFS_UP_ACCESS, S3VFS_UP_FULLPATH,
  S3VFS_UP_TABLE, S3VFS_UP_SCHEMA, S3VFS_UP_PLAN, S3VFS_UP_CURSOR, S3VFS_UP_FILTER,
  S3VFS_UP_FETCH, S3VFS_UP_RELEASE,
  S3VFS_UP_COUNT
};

/* What RELEASE is about. */
#define S3VFS_RELEASE_MODULE 0
#define S3VFS_RELEASE_TABLE 1
#define S3VFS_RELEASE_CURSOR 2

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
    s3vfs_upcall xDelete, s3vfs_upcall xAccess, s3vfs_upcall xFullpath, s3vfs_upcall xTable,
    s3vfs_upcall xSchema, s3vfs_upcall xPlan, s3vfs_upcall xCursor, s3vfs_upcall xFilter,
    s3vfs_upcall xFetch, s3vfs_upcall xRelease);

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

/*
** The page cache
** --------------
** Functions that are safe in any thread, and during upcalls.  A cache or volume
** is a pointer as sqlite3_int64.
**
** A volume is a database file whose pages are in a cache.  Its states are
** views, which the host numbers upwards from 1.  While the newest view is known
** to be what there is, connections that have read it last begin and end read
** transactions and read its pages without upcalls.
*/

/* A clock that never goes back, for s3vfs_now(), in the calling convention of the system. */
#define S3VFS_CLOCK_POSIX 1    /* int clock_gettime(int, struct timespec*), with this argument */
#define S3VFS_CLOCK_TICKS 2    /* uint64_t GetTickCount64(void): milliseconds, in steps of up to 16 */

/* Figures of a cache. */
#define S3VFS_STAT_BYTES 0     /* Memory in use, in bytes */
#define S3VFS_STAT_HITS 1      /* Reads of SQLite that were answered without an upcall */
#define S3VFS_STAT_PAGES 2     /* Pages that are there */
#define S3VFS_STAT_AHEAD 3     /* Pages that were fetched ahead */
#define S3VFS_STAT_USED 4      /* Of these, those that were read */
#define S3VFS_STAT_WASTED 5    /* Of these, those that were given up unread, or did not fit */

/* How a page comes into a cache: it was read, or it has come beside one that was
** wanted, or it was fetched ahead. */
#define S3VFS_PUT_READ 0
#define S3VFS_PUT_BESIDE 1
#define S3VFS_PUT_AHEAD 2

/* In place of a view: this is no read, nor does a view have the page. */
#define S3VFS_LOOK (-1)

/* What else is known with a fresh view. */
#define S3VFS_NO_JOURNAL 1     /* There is no journal */

/* Sets the clock.  Without one no connection does without upcalls. */
S3VFS_EXPORT int s3vfs_clock(sqlite3_int64 xClock, int eClock, int iArg);

/* Nanoseconds of the clock, or -1 if there is none. */
S3VFS_EXPORT sqlite3_int64 s3vfs_now(void);

/* Makes a cache of that many bytes; 0 if there is no memory. */
S3VFS_EXPORT sqlite3_int64 s3vfs_cache_new(sqlite3_int64 nByte);

/* Empties a cache for good.  Its volumes, and their files, go on without it. */
S3VFS_EXPORT void s3vfs_cache_free(sqlite3_int64 cache);

S3VFS_EXPORT sqlite3_int64 s3vfs_cache_stat(sqlite3_int64 cache, int eStat);

/* Makes a volume, with one reference; 0 if there is no memory.  bJournals is 0
** if the database never has a journal that is not this process's own. */
S3VFS_EXPORT sqlite3_int64 s3vfs_volume_new(sqlite3_int64 cache, int bJournals);

/* References to a volume.  The last one that is given back frees it. */
S3VFS_EXPORT void s3vfs_volume_hold(sqlite3_int64 volume);
S3VFS_EXPORT void s3vfs_volume_release(sqlite3_int64 volume);

/* There is a new view, whose number is above all earlier ones: aPage are the
** pages, nPage of them, that are not as they were in the view before; nPage -1
** says that this is not known.  Pages behind the end do not count.  Calls for
** one volume come one after another. */
S3VFS_EXPORT void s3vfs_volume_view(sqlite3_int64 volume, int iView, int nPage, const int *aPage);

/* The view was what there is when s3vfs_now() was iSince.  iAhead is by how
** many nanoseconds the time of day (since 1970) was ahead of s3vfs_now() when
** that was found out: a process that was suspended or restored since notices by
** that, and asks.  Nothing happens if a later view was announced. */
S3VFS_EXPORT void s3vfs_volume_fresh(sqlite3_int64 volume, int iView, sqlite3_int64 iSince,
                                     sqlite3_int64 iAhead, int flags);

/* What is known may not be so any more: from now on no read transaction begins
** without an upcall.  Answers how many are under way that did. */
S3VFS_EXPORT int s3vfs_volume_stale(sqlite3_int64 volume);

/* Reads nByte bytes from iStart of a page of szPage bytes that is in the cache
** under a key, into buf + iBuf, or pBuf + iBuf if buf is 0 (a host may be able to pass memory
** of its own as a pointer only), and takes note that view iView has it; so it does
** of nMore neighbours from pgno iFirst on of the same key, but for inner pages of B-trees.  iView 0 is no view.
** Where nByte is 0, or iView S3VFS_LOOK, nothing counts as read.
** Answers 0 if the page, or some of these bytes, are not there. */
S3VFS_EXPORT int s3vfs_page_read(
    sqlite3_int64 volume, int iView, sqlite3_int64 k0, sqlite3_int64 k1, sqlite3_int64 k2,
    sqlite3_int64 k3, int iFirst, int nMore, int pgno, int szPage, int iStart,
    sqlite3_int64 buf, void *pBuf, int iBuf, int nByte);

/* Takes those out of nPage pages that SQLite can read in view iView without an
** upcall.  Answers how many are left, in aPage, in the same order. */
S3VFS_EXPORT int s3vfs_pages_unknown(sqlite3_int64 volume, int iView, int nPage, int *aPage);

/* Takes nPage pages of szPage bytes into the cache, which follow one another
** from buf + iBuf on, or pBuf + iBuf.  A key and the number of a page name bytes that are
** never others.  ePut is one of S3VFS_PUT; a page that is there stays as it is. */
S3VFS_EXPORT void s3vfs_page_put(
    sqlite3_int64 volume, int iView, sqlite3_int64 k0, sqlite3_int64 k1, sqlite3_int64 k2,
    sqlite3_int64 k3, int szPage, int nPage, const int *aPage, sqlite3_int64 buf,
    const void *pBuf, int iBuf, int ePut);

/*
** Incremental BLOB I/O
** --------------------
** sqlite3_blob_open() and its like for connections that SQLite has given to
** somebody else: sqlite-jdbc.  A connection or a blob is a pointer as
** sqlite3_int64.
**
** What is called about one connection and its blobs comes one after another, and not while
** the connection is being opened, closed or used in another thread.  From inside
** a callback of SQLite anything may be called: what cannot be done there is
** refused with SQLITE_MISUSE.
**
** When a connection is closed, its blobs are closed first: each connection that
** has had blobs has a virtual table, of a module without a use in SQL, and SQLite disconnects
** virtual tables before it looks for what else is open.  A blob that was closed
** so stays valid as a handle; everything but s3vfs_blob_close() answers SQLITE_MISUSE.
*/

/* The connection of sqlite-jdbc's org.sqlite.core.NativeDB, an object in the
** JNI environment pEnv of this thread, as sqlite-jdbc's own native code finds
** it: its field "pointer".  0 if it has been closed, -1 if there is no such field. */
S3VFS_EXPORT sqlite3_int64 s3vfs_connection(void *pEnv, void *pDb);

/* Opens a blob for reading or, if bWrite is not 0, for reading and writing;
** *pBlob is to be given to s3vfs_blob_close() exactly once.  On failure that is
** 0, and sqlite3_errmsg() of the connection tells more. */
S3VFS_EXPORT int s3vfs_blob_open(
    sqlite3_int64 db, const char *zDb, const char *zTable, const char *zColumn,
    sqlite3_int64 iRow, int bWrite, sqlite3_int64 *pBlob);

/* Bytes of a blob; 0 if it has expired, -1 if it was closed with its connection. */
S3VFS_EXPORT int s3vfs_blob_bytes(sqlite3_int64 blob);

/* Reads nByte bytes from iOffset of a blob into buf, or writes them.  SQLITE_ABORT:
** the row was changed by something else; 0 bytes from 0 find that out, too. */
S3VFS_EXPORT int s3vfs_blob_read(sqlite3_int64 blob, sqlite3_int64 buf, int nByte, int iOffset);
S3VFS_EXPORT int s3vfs_blob_write(sqlite3_int64 blob, sqlite3_int64 buf, int nByte, int iOffset);

/* Makes the blob that of another row of the same table; if that fails, every
** further use does. */
S3VFS_EXPORT int s3vfs_blob_reopen(sqlite3_int64 blob, sqlite3_int64 iRow);

/* Closes a blob, and frees the handle whatever the result: the commit of what was
** written, if nothing else keeps the transaction open, or the last error.  In
** the middle of a call about this blob it does nothing: SQLITE_MISUSE. */
S3VFS_EXPORT int s3vfs_blob_close(sqlite3_int64 blob);

/*
** Virtual tables
** --------------
** A module is a kind of virtual tables whose rows are the host's.  It is there on
** the one connection that it was made known to, and its tables can be used in
** statements of that connection, and in temporary views and triggers, but not in
** those that come with a database.  They are read-only.
**
** TABLE, SCHEMA and PLAN run while a statement is prepared, the others while it
** runs.  zText is a buffer of S3VFS_TABLE_TEXT bytes for the message of a failure.  Handles
** are given back by RELEASE, cursors before their table; modules when the connection
** is closed, or when they are replaced or dropped, but not before their tables.
**
** azArg are the arguments as SQLite hands them to xCreate: the names of the
** module, database and table, and then what is in the parentheses.  The schema
** is a CREATE TABLE.  SCHEMA and FETCH answer how many bytes there are to take; if they
** did not fit, they come again for them with more room.
**
** aPlan is an S3Plan, and count S3Constraints behind it, to be filled in.  PLAN answers
** SQLITE_CONSTRAINT for what can not be done.  What it writes to zPlan is handed to FILTER,
** with a cell for each argument that it wanted, in their order: there the values
** of texts and blobs are addresses.
**
** A batch is an S3Batch, nColumn ints which say in which cell of a row the column is (-1: in
** none), zeros up to a multiple of 8 bytes, the rowids of nRow rows, nRow times nCell cells, and
** then the bytes of texts and blobs, whose values are offsets in these.  A row has the same rowid
** in all scans.  Without a row, a batch gives SQLite the opportunity to notice an interrupt.
*/

/* A value: eType is SQLITE_INTEGER, SQLITE_FLOAT (value has the bits of a
** double), SQLITE_TEXT (UTF-8), SQLITE_BLOB or SQLITE_NULL. */
typedef struct S3Cell {
  int eType;
  int nByte;                  /* Of a text or blob */
  sqlite3_int64 value;
} S3Cell;

typedef struct S3Batch {
  int nRow;
  int nCell;                  /* Cells of a row */
  int bLast;                  /* No row comes behind these */
  int nColumn;
} S3Batch;

typedef struct S3Plan {
  sqlite3_int64 colUsed;      /* As in sqlite3_index_info */
  sqlite3_int64 cost;         /* OUT: estimated cost, the bits of a double */
  sqlite3_int64 nRow;         /* OUT: estimated number of rows */
  sqlite3_int64 nOrderBy;     /* Terms of ORDER BY */
} S3Plan;

typedef struct S3Constraint {
  int iColumn, op;            /* As in sqlite3_index_info */
  int bUsable;
  int bBinary;                /* Texts are compared by their bytes */
  int iArgument;              /* OUT: which argument of FILTER it is, from 1; 0: none */
  int bOmit;                  /* OUT: SQLite need not check it again */
} S3Constraint;

/* Makes a module known to a connection, in place of one of the same name.  A
** table-valued function if bFunction is not 0, otherwise for CREATE VIRTUAL TABLE.  The
** host gets the id back by RELEASE, also if this fails.  As with blobs, nobody else uses
** the connection meanwhile. */
S3VFS_EXPORT int s3vfs_module(sqlite3_int64 db, const char *zName, int id, int bFunction);

/* Takes a module from a connection.  Tables that it has made go on until SQLite
** connects them again, because the schema was read again: then they fail. */
S3VFS_EXPORT int s3vfs_module_drop(sqlite3_int64 db, const char *zName);

/* True if a running statement of the connection is to end; in any thread, while
** the connection is not closed. */
S3VFS_EXPORT int s3vfs_interrupted(sqlite3_int64 db);

#endif
