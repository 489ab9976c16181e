/*
** Making upcalls: what upcall.c has for the other files of this library.  The
** host sees s3vfs.h only.
*/
#ifndef S3VFS_UPCALL_H
#define S3VFS_UPCALL_H

#include <stdint.h>
#include "s3vfs.h"

/*
** Return a pointer as an argument of an upcall.
*/
static inline sqlite3_int64 s3Ptr(const void *p){
  return (sqlite3_int64)(uintptr_t)p;
}

/*
** Return true if the entry point has run.  (The other files do not call
** s3vfs_abi(): SQLite loads extensions so that their exported functions may
** replace each other's, and this library may be loaded twice.)
*/
int s3IsReady(void);

/*
** Enter the mutex that guards binding and registration.  It is shared with
** other copies of this library, so that two of them cannot both find a name
** free and take it.
*/
sqlite3_mutex *s3Enter(void);

/*
** Return the binding that handles and ids of now belong to: the one whose
** upcalls are bound, or the next one if there are none.  The caller holds the
** mutex.
*/
unsigned s3Binding(void);

/*
** Return true if upcalls can be made on behalf of a file or VFS of that binding.
*/
int s3IsBound(unsigned iBinding);

/*
** Make an upcall on behalf of a file or VFS of binding iBinding.  Return the
** result code, which is eFail if there is none: the upcall is not bound (any
** more), or the reply lacks the tag.  The value of the reply goes to *pValue,
** unless pValue is NULL; it is 0 on failure.
*/
int s3Upcall(
  unsigned iBinding,          /* The binding that id belongs to */
  int iSlot,                  /* Which upcall */
  int eFail,                  /* Result code for a missing reply */
  int *pValue,                /* OUT: Value of the reply */
  int id,                     /* Arguments, see s3vfs.h */
  sqlite3_int64 a,
  sqlite3_int64 b,
  sqlite3_int64 c,
  int n
);

#endif
