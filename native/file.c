/*
** Open files: the methods of sqlite3_io_methods.  Most are trampolines (see
** s3vfs.c).  A database file that has a volume begins and ends read transactions
** and reads pages without an upcall where that is possible:
**
**   *  The connection holds no more than SHARED.  One that has begun to write
**      asks the host for everything.
**   *  What it reads is a view that the host has named when it last granted
**      SHARED, and that the volume knows to be what there is (or that is not
**      asked, because SHARED is held).
**
** The pager reads 16 bytes at offset 24 of the file to find out whether its own
** cache is good.  The host alters them where they are not to be believed, so
** they come from the cache only after the host was asked once for this view.
*/
#include <stddef.h>
#include <stdint.h>
#include "file.h"
#include "sqlite/sqlite3ext.h"
SQLITE_EXTENSION_INIT3

/* What the pager reads to see whether its cache is good. */
#define S3_CHECK_OFFSET 24
#define S3_CHECK_BYTES 16

/* What SQLite appends to the name of a database for that of its journal. */
#define S3_JOURNAL "-journal"

/*
** Make an upcall about an open file.
*/
static int s3FileUpcall(
  S3File *p,
  int iSlot,
  int eFail,
  int *pValue,
  sqlite3_int64 a,
  sqlite3_int64 b,
  int n
){
  return s3Upcall(p->iBinding, iSlot, eFail, pValue, p->handle, a, b, 0, n);
}

/*
** Return the bucket of a path that has n bytes.
*/
static S3File **s3OpenBucket(S3Vfs *p, const char *zPath, sqlite3_uint64 n){
  unsigned h = 2166136261u;   /* FNV-1a */
  sqlite3_uint64 i;
  for(i=0; i<n; i++) h = (h ^ (unsigned char)zPath[i]) * 16777619u;
  return &p->apOpen[h & (S3VFS_OPEN-1)];
}

void s3FileOpened(S3File *p){
  S3File **pp = s3OpenBucket(p->pVfs, p->zPath, s3StrLen(p->zPath));
  sqlite3_mutex_enter(p->pVfs->pMutex);
  p->pNextOpen = *pp;
  *pp = p;
  sqlite3_mutex_leave(p->pVfs->pMutex);
}

static void s3FileClosed(S3File *p){
  S3File **pp = s3OpenBucket(p->pVfs, p->zPath, s3StrLen(p->zPath));
  sqlite3_mutex_enter(p->pVfs->pMutex);
  while( *pp!=p ) pp = &(*pp)->pNextOpen;
  *pp = p->pNextOpen;
  sqlite3_mutex_leave(p->pVfs->pMutex);
}

int s3HasNoJournal(S3Vfs *pVfs, const char *zPath){
  sqlite3_uint64 n = s3StrLen(zPath);
  sqlite3_uint64 nName, i;
  int bNoJournal = 0;
  S3File *p;
  if( n<sizeof(S3_JOURNAL) ) return 0;
  nName = n - (sizeof(S3_JOURNAL)-1);
  if( !s3StrEqual(&zPath[nName], S3_JOURNAL) ) return 0;
  sqlite3_mutex_enter(pVfs->pMutex);
  for(p=*s3OpenBucket(pVfs, zPath, nName); p; p=p->pNextOpen){
    for(i=0; i<nName && p->zPath[i]==zPath[i]; i++){}
    if( i==nName && p->zPath[i]==0 ) break;
  }
  if( p ) bNoJournal = s3IsBound(p->iBinding) && s3VolumeHasNoJournal(p->pVolume);
  sqlite3_mutex_leave(pVfs->pMutex);
  return bNoJournal;
}

/*
** Return true if the file is read without upcalls, as far as that goes.
*/
static int s3IsReader(const S3File *p){
  return p->iView!=0 && p->eLock==SQLITE_LOCK_SHARED && !p->bUnsure && s3IsBound(p->iBinding);
}

/*
** End a read transaction that the host does not know of.
*/
static void s3Leave(S3File *p){
  p->bEntered = 0;
  s3VolumeLeave(p->pVolume);
}

/*
** Close a file.  Afterwards it is closed here, whatever the host says.
*/
static int s3Close(sqlite3_file *pFile){
  S3File *p = (S3File*)pFile;
  int rc;
  if( p->bEntered ) s3Leave(p);
  rc = s3FileUpcall(p, S3VFS_UP_CLOSE, SQLITE_IOERR_CLOSE, 0, 0, 0, 0);
  if( p->pVolume ){
    s3FileClosed(p);
    s3VolumeRelease(p->pVolume);
    p->pVolume = 0;
  }
  p->handle = 0;
  p->iBinding = 0;
  p->base.pMethods = 0;
  return rc;
}

/*
** Read.  SQLite takes a short read for success, so the rest of the buffer
** must be filled even where the host answers with that code itself.
*/
static int s3Read(sqlite3_file *pFile, void *pBuf, int iAmt, sqlite3_int64 iOfst){
  S3File *p = (S3File*)pFile;
  int bCheck = iOfst==S3_CHECK_OFFSET && iAmt==S3_CHECK_BYTES;
  int nRead, rc;
  if( s3IsReader(p) && iOfst+iAmt<=p->nByte && !(bCheck && p->iChecked!=p->iView) ){
    sqlite3_int64 szPage = (sqlite3_int64)1<<p->nShift;
    sqlite3_int64 iStart = iOfst & (szPage-1);
    if( iStart+iAmt<=szPage
     && s3VolumeRead(p->pVolume, p->iView, (unsigned)(iOfst>>p->nShift) + 1,
                     (unsigned)iStart, pBuf, (unsigned)iAmt)
    ){
      return SQLITE_OK;
    }
  }
  rc = s3FileUpcall(p, S3VFS_UP_READ, SQLITE_IOERR_READ, &nRead, s3Ptr(pBuf), iOfst, iAmt);
  if( rc!=SQLITE_OK && rc!=SQLITE_IOERR_SHORT_READ ) return rc;
  if( nRead<0 || nRead>iAmt ) return SQLITE_IOERR_READ;
  if( nRead<iAmt ){
    __builtin_memset((char*)pBuf + nRead, 0, (size_t)(iAmt - nRead));
    rc = SQLITE_IOERR_SHORT_READ;
  }else if( bCheck && rc==SQLITE_OK && p->eLock==SQLITE_LOCK_SHARED ){
    p->iChecked = p->iView;
  }
  return rc;
}

/*
** Write.
*/
static int s3Write(sqlite3_file *pFile, const void *pBuf, int iAmt, sqlite3_int64 iOfst){
  return s3FileUpcall((S3File*)pFile, S3VFS_UP_WRITE, SQLITE_IOERR_WRITE, 0,
                      s3Ptr(pBuf), iOfst, iAmt);
}

/*
** Truncate.
*/
static int s3Truncate(sqlite3_file *pFile, sqlite3_int64 size){
  return s3FileUpcall((S3File*)pFile, S3VFS_UP_TRUNCATE, SQLITE_IOERR_TRUNCATE, 0, size, 0, 0);
}

/*
** Sync.
*/
static int s3Sync(sqlite3_file *pFile, int flags){
  return s3FileUpcall((S3File*)pFile, S3VFS_UP_SYNC, SQLITE_IOERR_FSYNC, 0, 0, 0, flags);
}

/*
** Return the size of a file.  A host that says "fine" and stores no size has
** failed.
*/
static int s3FileSize(sqlite3_file *pFile, sqlite3_int64 *pSize){
  S3File *p = (S3File*)pFile;
  sqlite3_int64 size = -1;
  int rc;
  if( s3IsReader(p) ){
    *pSize = p->nByte;
    return SQLITE_OK;
  }
  rc = s3FileUpcall(p, S3VFS_UP_SIZE, SQLITE_IOERR_FSTAT, 0, s3Ptr(&size), 0, 0);
  if( rc!=SQLITE_OK ) return rc;
  if( size<0 ) return SQLITE_IOERR_FSTAT;
  *pSize = size;
  return SQLITE_OK;
}

/*
** Take note of the view that the host has named with SHARED; of none if that was
** not granted.
*/
static void s3SetView(S3File *p, int rc, const sqlite3_int64 *aView){
  p->iView = 0;
  if( rc!=SQLITE_OK || p->pVolume==0 || aView[0]<=0 || aView[0]>0x7fffffff ) return;
  if( aView[1]<0 || aView[2]<9 || aView[2]>16 ) return;
  p->iView = (unsigned)aView[0];
  p->nByte = aView[1];
  p->nShift = (int)aView[2];
}

/*
** Ask the host for a lock.
**
** SQLITE_BUSY says that the level is what it was.  After any other failure the
** host may have got anywhere before it failed; bUnsure then makes the next
** xLock or xUnlock an upcall, whatever eLock says.
*/
static int s3AskForLock(S3File *p, int eLock, int bEntered){
  sqlite3_int64 aView[3] = { 0, 0, 0 };
  int rc = s3FileUpcall(p, S3VFS_UP_LOCK, SQLITE_IOERR_LOCK, 0, s3Ptr(aView), bEntered, eLock);
  if( rc==SQLITE_OK ){
    p->eLock = eLock;
    p->bUnsure = 0;
  }else if( (rc & 0xff)!=SQLITE_BUSY ){
    p->bUnsure = 1;
  }
  if( eLock!=SQLITE_LOCK_SHARED ){
    p->iView = p->iChecked = 0;
  }else if( !bEntered ){
    s3SetView(p, rc, aView);
  }
  return rc;
}

/*
** Lock.  SHARED is taken without an upcall where the volume says that the view
** which was read last is still what there is.  The host learns of that before
** it is asked for more.
*/
static int s3Lock(sqlite3_file *pFile, int eLock){
  S3File *p = (S3File*)pFile;
  if( p->eLock>=eLock && !p->bUnsure ) return SQLITE_OK;
  if( p->bEntered ){
    int rc = s3AskForLock(p, SQLITE_LOCK_SHARED, 1);
    s3Leave(p);
    if( rc!=SQLITE_OK ){
      p->bUnsure = 1;
      return rc;
    }
  }else if( eLock==SQLITE_LOCK_SHARED && p->iView!=0 && p->nStale>0 && !p->bUnsure
         && s3IsBound(p->iBinding) && s3VolumeEnter(p->pVolume, p->iView, p->nStale) ){
    p->bEntered = 1;
    p->eLock = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
  }
  return s3AskForLock(p, eLock, 0);
}

/*
** Unlock.
**
** The pager mostly ignores a failure and believes that it holds the lower
** level.  Were eLock left to decide, its next xLock could then find the old,
** higher level and succeed without asking the host.
*/
static int s3Unlock(sqlite3_file *pFile, int eLock){
  S3File *p = (S3File*)pFile;
  int rc;
  if( p->eLock<=eLock && !p->bUnsure ) return SQLITE_OK;
  if( p->bEntered ){
    s3Leave(p);
    p->eLock = SQLITE_LOCK_NONE;
    return s3IsBound(p->iBinding) ? SQLITE_OK : SQLITE_IOERR_UNLOCK;
  }
  rc = s3FileUpcall(p, S3VFS_UP_UNLOCK, SQLITE_IOERR_UNLOCK, 0, 0, 0, eLock);
  if( rc==SQLITE_OK ){
    p->eLock = eLock;
    p->bUnsure = 0;
  }else{
    p->bUnsure = 1;
  }
  return rc;
}

/*
** Check whether anyone holds a RESERVED lock.
*/
static int s3CheckReservedLock(sqlite3_file *pFile, int *pResOut){
  int bRes;
  int rc = s3FileUpcall((S3File*)pFile, S3VFS_UP_RESERVED, SQLITE_IOERR_CHECKRESERVEDLOCK,
                        &bRes, 0, 0, 0);
  if( rc==SQLITE_OK && (bRes & ~1)!=0 ) rc = SQLITE_IOERR_CHECKRESERVEDLOCK;
  *pResOut = rc==SQLITE_OK ? bRes : 0;
  return rc;
}

/*
** SQLITE_FCNTL_SYNC and SQLITE_FCNTL_COMMIT_PHASETWO.  The pager takes
** SQLITE_NOTFOUND for "this VFS does not care" and goes on to report success.
** This VFS does care, so from the host it is an error.
*/
static int s3Control(S3File *p, int op, int eFail){
  int rc = s3FileUpcall(p, S3VFS_UP_CONTROL, eFail, 0, 0, 0, op);
  return rc==SQLITE_NOTFOUND ? eFail : rc;
}

/*
** SQLITE_FCNTL_PRAGMA.  azArg[1] is the name and azArg[2] the argument, or
** NULL; the result or the error message goes to azArg[0], which SQLite frees.
** It must stay untouched with SQLITE_NOTFOUND: SQLite would not look at it.
*/
static int s3Pragma(S3File *p, char **azArg){
  char *zText = sqlite3_malloc64(S3VFS_PRAGMA_TEXT);
  int rc;
  if( zText==0 ) return SQLITE_NOMEM;
  zText[0] = 0;
  rc = s3Upcall(p->iBinding, S3VFS_UP_PRAGMA, SQLITE_IOERR, 0, p->handle,
                s3Ptr(azArg[1]), s3Ptr(azArg[2]), s3Ptr(zText), S3VFS_PRAGMA_TEXT);
  zText[S3VFS_PRAGMA_TEXT-1] = 0;
  p->iView = 0;      /* It may have asked for a fresh look */
  if( rc!=SQLITE_NOTFOUND && zText[0] ){
    azArg[0] = sqlite3_mprintf("%s", zText);
    if( azArg[0]==0 && rc==SQLITE_OK ) rc = SQLITE_NOMEM;
  }
  sqlite3_free(zText);
  return rc;
}

/*
** File control.
*/
static int s3FileControl(sqlite3_file *pFile, int op, void *pArg){
  S3File *p = (S3File*)pFile;
  switch( op ){
    case SQLITE_FCNTL_SYNC:
      if( !p->bMain ) break;
      return s3Control(p, S3VFS_CONTROL_SYNC, SQLITE_IOERR_FSYNC);
    case SQLITE_FCNTL_COMMIT_PHASETWO:
      if( !p->bMain ) break;
      return s3Control(p, S3VFS_CONTROL_COMMITTED, SQLITE_IOERR);
    case SQLITE_FCNTL_PRAGMA:
      if( !p->bMain ) break;
      return s3Pragma(p, (char**)pArg);
    case SQLITE_FCNTL_VFSNAME:
      *(char**)pArg = sqlite3_mprintf("%s", p->pVfs->base.zName);
      return *(char**)pArg ? SQLITE_OK : SQLITE_NOMEM;
    case SQLITE_FCNTL_HAS_MOVED:
      *(int*)pArg = 0;
      return SQLITE_OK;
    case SQLITE_FCNTL_LOCKSTATE:
      *(int*)pArg = p->eLock;
      return SQLITE_OK;
    default:
      break;
  }
  return SQLITE_NOTFOUND;
}

/*
** Return the sector size.  The pager does not ask as long as
** s3DeviceCharacteristics() says POWERSAFE_OVERWRITE; this is the size it
** uses in that case.
*/
static int s3SectorSize(sqlite3_file *pFile){
  (void)pFile;
  return 512;
}

/*
** Return what the pager may rely on.
**
** POWERSAFE_OVERWRITE: a PUT replaces an object or does nothing, so a write
** never harms the bytes beside it, and the pager need not journal neighbours.
**
** Not UNDELETABLE_WHEN_OPEN: with it, the pager keeps the journal of
** journal_mode=TRUNCATE and PERSIST open when it gives up its lock.  Objects
** can be deleted by anyone at any time, and a journal then written through
** the old file would be no journal to anyone else.
**
** Not SEQUENTIAL, SAFE_APPEND or any ATOMIC: the blocks of one write go out in
** parallel, and each of the three would let the pager leave out a sync or the
** journal.  Not SUBPAGE_READ: the host verifies whole pages.
*/
static int s3DeviceCharacteristics(sqlite3_file *pFile){
  (void)pFile;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1: no shared memory, hence no WAL, and no memory mapping. */
const sqlite3_io_methods s3IoMethods = {
  .iVersion = 1,
  .xClose = s3Close,
  .xRead = s3Read,
  .xWrite = s3Write,
  .xTruncate = s3Truncate,
  .xSync = s3Sync,
  .xFileSize = s3FileSize,
  .xLock = s3Lock,
  .xUnlock = s3Unlock,
  .xCheckReservedLock = s3CheckReservedLock,
  .xFileControl = s3FileControl,
  .xSectorSize = s3SectorSize,
  .xDeviceCharacteristics = s3DeviceCharacteristics
};
