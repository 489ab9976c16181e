/*
** The tests of incremental BLOB I/O, for host_sqlite.
*/
#ifndef HOST_BLOB_H
#define HOST_BLOB_H

#include "check.h"

/* Finds the functions of the library, and of a copy; both were entered. */
void blobLookUp(const char *zLib, const char *zCopy);

extern const Test blobTests[];

#endif
