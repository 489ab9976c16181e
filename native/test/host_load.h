/*
** Loading a library and finding its functions, on each operating system.
*/
#ifndef HOST_LOAD_H
#define HOST_LOAD_H

#if defined(_WIN32)

#include <stdio.h>
#include <string.h>
#include <windows.h>

static void *libraryOpen(const char *zFile){
  HMODULE p = LoadLibraryA(zFile);
  if( p==0 ) printf("%s: error %lu\n", zFile, GetLastError());
  return (void*)p;
}
static void *librarySymbol(void *pLib, const char *zName){
  FARPROC x = GetProcAddress((HMODULE)pLib, zName);
  void *p;
  memcpy(&p, &x, sizeof(p));
  return p;
}

#else

#include <dlfcn.h>
#include <stdio.h>

/* SQLite loads extensions with RTLD_GLOBAL, too: their symbols see each other. */
static void *libraryOpen(const char *zFile){
  void *p = dlopen(zFile, RTLD_NOW | RTLD_GLOBAL);
  if( p==0 ) printf("%s\n", dlerror());
  return p;
}
static void *librarySymbol(void *pLib, const char *zName){
  return dlsym(pLib, zName);
}

#endif
#endif
