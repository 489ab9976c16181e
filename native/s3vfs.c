/*
** A VFS whose files are the host's.
**
** Every method of the sqlite3_vfs object below, and of the files (file.c), is a
** trampoline: it turns its arguments into those of one upcall (see s3vfs.h)
** and the reply back into what SQLite wants.  What is done here, and not in
** the host, is what the host could get wrong in a way that loses data, and
** what would cost an upcall for nothing:
**
**   *  A reply that is not one, or contradicts the contract, is an error.
**   *  Short reads are filled with zeros.
**   *  Temporary files go to the VFS that was the default one.
**   *  A lock that would not change the level makes no upcall, and neither
**      does the search for a WAL file: there is no WAL without shared memory.
**   *  What the page cache can answer makes none either (page_cache.c, volume.c).
**
** This file uses no C library, so that one binary serves every C library of
** a platform.  It uses no floating-point arithmetic either: some targets need
** help from a run-time library for that.
*/
#include <stddef.h>
#include <stdint.h>
#include "file.h"
#include "sqlite/sqlite3ext.h"
SQLITE_EXTENSION_INIT3

/* File types that live and die with one connection and need no storage that
** outlives it. */
#define S3VFS_TEMPORARY (SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB \
                         | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL)

/* Every VFS that was ever registered.  Under the mutex. */
static S3Vfs *s3VfsList = 0;

/*
** Make an upcall about a name of a VFS.
**
** s3vfs_register() stores the id before the binding, so the id read here is
** never one of an earlier binding than the one it is used with.
*/
static int s3VfsUpcall(
  sqlite3_vfs *pVfs,
  int iSlot,
  int eFail,
  int *pValue,
  const char *zPath,
  sqlite3_int64 b,
  int n
){
  S3Vfs *p = (S3Vfs*)pVfs;
  unsigned iBinding = __atomic_load_n(&p->iBinding, __ATOMIC_ACQUIRE);
  int id = __atomic_load_n(&p->id, __ATOMIC_ACQUIRE);
  return s3Upcall(iBinding, iSlot, eFail, pValue, id, s3Ptr(zPath), b, 0, n);
}

/*
** Append a string with its terminator at offset n of zOut, or only count it
** if zOut is NULL.  Return the offset behind it.
*/
static sqlite3_uint64 s3Append(char *zOut, sqlite3_uint64 n, const char *z){
  sqlite3_uint64 nByte = s3StrLen(z);
  if( zOut ){
    if( nByte ) __builtin_memcpy(zOut + n, z, (size_t)nByte);
    zOut[n + nByte] = 0;
  }
  return n + nByte + 1;
}

/*
** Return the URI parameters of a database as a list of names and values that
** ends with an empty name, in memory from sqlite3_malloc64(), or NULL if out
** of memory.  zDb is the name of a database as SQLite hands it to xOpen, or
** NULL for a file that has no parameters.
*/
static char *s3UriParams(const char *zDb){
  char *zOut = 0;
  for(;;){
    sqlite3_uint64 n = 0;
    const char *zKey;
    int i;
    for(i=0; zDb && (zKey = sqlite3_uri_key(zDb, i))!=0; i++){
      n = s3Append(zOut, n, zKey);
      n = s3Append(zOut, n, sqlite3_uri_parameter(zDb, zKey));
    }
    n = s3Append(zOut, n, 0);
    if( zOut ) return zOut;
    zOut = sqlite3_malloc64(n);
    if( zOut==0 ) return 0;
  }
}

/*
** Open a temporary file with the base VFS.  From then on its methods are
** called, and none of this file.
*/
static int s3OpenTemporary(
  sqlite3_vfs *pBase,
  const char *zName,
  sqlite3_file *pFile,
  int flags,
  int *pOutFlags
){
  int rc = pBase->xOpen(pBase, zName, pFile, flags, pOutFlags);
  if( rc!=SQLITE_OK && pFile->pMethods ){
    /* A VFS may fail and still want its xClose called. */
    pFile->pMethods->xClose(pFile);
    pFile->pMethods = 0;
  }
  return rc;
}

/*
** Open a file.
*/
static int s3Open(
  sqlite3_vfs *pVfs,
  const char *zName,
  sqlite3_file *pFile,
  int flags,
  int *pOutFlags
){
  S3Vfs *pS3 = (S3Vfs*)pVfs;
  S3File *p = (S3File*)pFile;
  const char *zDb = 0;
  char *zParams;
  unsigned iBinding;
  sqlite3_int64 aFile[2] = { 0, 0 };
  int handle, id, rc;
  pFile->pMethods = 0;
  if( zName==0 || (flags & S3VFS_TEMPORARY)!=0 ){
    return s3OpenTemporary(pS3->pBase, zName, pFile, flags, pOutFlags);
  }
  /* Only the names of these files are followed by parameters in memory.  That
  ** of a super-journal is not, and looking for them would read beyond it. */
  if( flags & SQLITE_OPEN_MAIN_DB ){
    zDb = zName;
  }else if( flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL) ){
    zDb = sqlite3_filename_database(zName);
  }
  zParams = s3UriParams(zDb);
  if( zParams==0 ) return SQLITE_NOMEM;
  iBinding = __atomic_load_n(&pS3->iBinding, __ATOMIC_ACQUIRE);
  id = __atomic_load_n(&pS3->id, __ATOMIC_ACQUIRE);
  rc = s3Upcall(iBinding, S3VFS_UP_OPEN, SQLITE_CANTOPEN, &handle, id,
                s3Ptr(zName), s3Ptr(zParams), s3Ptr(aFile), flags);
  sqlite3_free(zParams);
  if( rc!=SQLITE_OK || handle<=0 ){
    if( aFile[0] ) s3vfs_volume_release(aFile[0]);
    return rc!=SQLITE_OK ? rc : SQLITE_CANTOPEN;
  }
  __builtin_memset(p, 0, sizeof(*p));
  p->pVfs = pS3;
  p->iBinding = iBinding;
  p->handle = handle;
  p->eLock = SQLITE_LOCK_NONE;
  p->bMain = (flags & SQLITE_OPEN_MAIN_DB)!=0;
  if( aFile[0] ){
    p->pVolume = (S3Volume*)(uintptr_t)aFile[0];
    p->nStale = aFile[1];
    p->zPath = zName;
    s3FileOpened(p);
  }
  p->base.pMethods = &s3IoMethods;
  if( pOutFlags ) *pOutFlags = flags;
  return SQLITE_OK;
}

/*
** Delete a file.
*/
static int s3Delete(sqlite3_vfs *pVfs, const char *zPath, int dirSync){
  return s3VfsUpcall(pVfs, S3VFS_UP_DELETE, SQLITE_IOERR_DELETE, 0, zPath, 0, dirSync);
}

/*
** Check whether a file exists.  SQLite asks for the WAL file in every read
** transaction; there is none.
*/
static int s3Access(sqlite3_vfs *pVfs, const char *zPath, int flags, int *pResOut){
  sqlite3_uint64 n = s3StrLen(zPath);
  int bRes, rc;
  *pResOut = 0;
  if( n>=4 && s3StrEqual(&zPath[n-4], "-wal") ) return SQLITE_OK;
  if( s3HasNoJournal((S3Vfs*)pVfs, zPath) ) return SQLITE_OK;
  rc = s3VfsUpcall(pVfs, S3VFS_UP_ACCESS, SQLITE_IOERR_ACCESS, &bRes, zPath, 0, flags);
  if( rc!=SQLITE_OK ) return rc;
  if( (bRes & ~1)!=0 ) return SQLITE_IOERR_ACCESS;
  *pResOut = bRes;
  return SQLITE_OK;
}

/*
** Write the full path name to zOut.  An empty one would be the name of a
** temporary file.
*/
static int s3FullPathname(sqlite3_vfs *pVfs, const char *zPath, int nOut, char *zOut){
  int rc;
  if( nOut<1 ) return SQLITE_CANTOPEN_FULLPATH;
  zOut[0] = 0;
  rc = s3VfsUpcall(pVfs, S3VFS_UP_FULLPATH, SQLITE_CANTOPEN_FULLPATH, 0, zPath,
                   s3Ptr(zOut), nOut);
  zOut[nOut-1] = 0;
  if( rc==SQLITE_OK && zOut[0]==0 ) rc = SQLITE_CANTOPEN_FULLPATH;
  return rc;
}

/*
** What has nothing to do with files is the base VFS's.
*/
static sqlite3_vfs *s3Base(sqlite3_vfs *pVfs){
  return ((S3Vfs*)pVfs)->pBase;
}
static void *s3DlOpen(sqlite3_vfs *pVfs, const char *zPath){
  return s3Base(pVfs)->xDlOpen(s3Base(pVfs), zPath);
}
static void s3DlError(sqlite3_vfs *pVfs, int nByte, char *zErrMsg){
  s3Base(pVfs)->xDlError(s3Base(pVfs), nByte, zErrMsg);
}
static void (*s3DlSym(sqlite3_vfs *pVfs, void *pHandle, const char *zSym))(void){
  return s3Base(pVfs)->xDlSym(s3Base(pVfs), pHandle, zSym);
}
static void s3DlClose(sqlite3_vfs *pVfs, void *pHandle){
  s3Base(pVfs)->xDlClose(s3Base(pVfs), pHandle);
}
static int s3Randomness(sqlite3_vfs *pVfs, int nByte, char *zOut){
  return s3Base(pVfs)->xRandomness(s3Base(pVfs), nByte, zOut);
}
static int s3Sleep(sqlite3_vfs *pVfs, int nMicro){
  return s3Base(pVfs)->xSleep(s3Base(pVfs), nMicro);
}
static int s3CurrentTime(sqlite3_vfs *pVfs, double *prNow){
  return s3Base(pVfs)->xCurrentTime(s3Base(pVfs), prNow);
}
static int s3CurrentTimeInt64(sqlite3_vfs *pVfs, sqlite3_int64 *piNow){
  return s3Base(pVfs)->xCurrentTimeInt64(s3Base(pVfs), piNow);
}

/*
** There is no system error code: the host keeps its own errors.
*/
static int s3GetLastError(sqlite3_vfs *pVfs, int nBuf, char *zBuf){
  (void)pVfs;
  if( nBuf>0 && zBuf ) zBuf[0] = 0;
  return 0;
}

/*
** Allocate a VFS and add it to the list.  Return NULL if out of memory.
*/
static S3Vfs *s3NewVfs(sqlite3_vfs *pBase, const char *zName){
  sqlite3_uint64 nName = s3StrLen(zName) + 1;
  S3Vfs *p = sqlite3_malloc64(sizeof(S3Vfs) + nName);
  if( p==0 ) return 0;
  __builtin_memset(p, 0, sizeof(*p));
  p->pMutex = sqlite3_mutex_alloc(SQLITE_MUTEX_FAST);
  if( p->pMutex==0 ){
    sqlite3_free(p);
    return 0;
  }
  __builtin_memcpy(p+1, zName, (size_t)nName);
  p->pBase = pBase;
  p->base.iVersion = 1;
  p->base.szOsFile = (int)sizeof(S3File);
  if( p->base.szOsFile<pBase->szOsFile ) p->base.szOsFile = pBase->szOsFile;
  p->base.mxPathname = S3VFS_MAX_PATH;
  p->base.zName = (const char*)(p+1);
  p->base.xOpen = s3Open;
  p->base.xDelete = s3Delete;
  p->base.xAccess = s3Access;
  p->base.xFullPathname = s3FullPathname;
  p->base.xDlOpen = s3DlOpen;
  p->base.xDlError = s3DlError;
  p->base.xDlSym = s3DlSym;
  p->base.xDlClose = s3DlClose;
  p->base.xRandomness = s3Randomness;
  p->base.xSleep = s3Sleep;
  p->base.xCurrentTime = s3CurrentTime;
  p->base.xGetLastError = s3GetLastError;
  if( pBase->iVersion>=2 && pBase->xCurrentTimeInt64 ){
    /* Otherwise SQLite calls xCurrentTime, which needs no conversion here. */
    p->base.iVersion = 2;
    p->base.xCurrentTimeInt64 = s3CurrentTimeInt64;
  }
  p->pNext = s3VfsList;
  s3VfsList = p;
  return p;
}

/*
** Return the VFS of that name that this library has ever registered, or NULL.
*/
static S3Vfs *s3FindVfs(const char *zName){
  S3Vfs *p = s3VfsList;
  while( p && !s3StrEqual(p->base.zName, zName) ) p = p->pNext;
  return p;
}

int s3vfs_register(const char *zName, int id){
  sqlite3_mutex *pMutex;
  sqlite3_vfs *pBase;
  S3Vfs *p;
  int rc = SQLITE_NOMEM;
  if( !s3IsReady() || zName==0 || zName[0]==0 ) return SQLITE_MISUSE;
  pMutex = s3Enter();
  if( sqlite3_vfs_find(zName)!=0 ){
    rc = SQLITE_BUSY;
  }else if( (pBase = sqlite3_vfs_find(0))==0 ){
    /* SQLite would make the first VFS of all the default one. */
    rc = SQLITE_ERROR;
  }else if( (p = s3FindVfs(zName))!=0 || (p = s3NewVfs(pBase, zName))!=0 ){
    __atomic_store_n(&p->id, id, __ATOMIC_RELEASE);
    __atomic_store_n(&p->iBinding, s3Binding(), __ATOMIC_RELEASE);
    rc = sqlite3_vfs_register(&p->base, 0);
    p->bRegistered = rc==SQLITE_OK;
  }
  sqlite3_mutex_leave(pMutex);
  return rc;
}

int s3vfs_unregister(const char *zName){
  sqlite3_mutex *pMutex;
  S3Vfs *p;
  int rc = SQLITE_NOTFOUND;
  if( !s3IsReady() || zName==0 ) return SQLITE_NOTFOUND;
  pMutex = s3Enter();
  p = s3FindVfs(zName);
  if( p && p->bRegistered ){
    rc = sqlite3_vfs_unregister(&p->base);
    p->bRegistered = 0;
  }
  sqlite3_mutex_leave(pMutex);
  return rc;
}
