/*
** The tests of virtual tables, for host_sqlite, and the upcalls that they need.
*/
#ifndef HOST_VTAB_H
#define HOST_VTAB_H

#include "../s3vfs.h"
#include "check.h"

/* The upcalls about tables, in the order of the slots. */
extern const s3vfs_upcall vtabUpcalls[S3VFS_UP_COUNT - S3VFS_UP_TABLE];

/* Finds the functions of the library, which was entered and is bound.  The last
** test calls xUnbind. */
void vtabLookUp(const char *zLib, int (*xUnbind)(void));

extern const Test vtabTests[];

#endif
