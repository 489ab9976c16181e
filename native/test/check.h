/*
** The test harness: a test is a function, CHECK ends it when it fails.
*/
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

/* The test that runs has failed. */
extern int checkFailed;

#define CHECK(X) do{ if( !(X) ){ \
    checkFailed = 1; \
    printf("%s:%d: %s: not true: %s\n", __FILE__, __LINE__, __func__, #X); \
    return; \
  } }while( 0 )

/* Compares two integers. */
#define CHECK_INT(X, WANT) do{ \
    long long x_ = (long long)(X), w_ = (long long)(WANT); \
    if( x_!=w_ ){ \
      checkFailed = 1; \
      printf("%s:%d: %s: %s is %lld, not %lld\n", __FILE__, __LINE__, __func__, #X, x_, w_); \
      return; \
    } }while( 0 )

/* Ends the test when a function that it called has failed. */
#define CHECK_STILL_GOOD() do{ if( checkFailed ){ \
    printf("%s:%d: ... called by %s\n", __FILE__, __LINE__, __func__); \
    return; \
  } }while( 0 )

typedef struct Test { const char *zName; void (*xTest)(void); } Test;
#define TEST(F) { #F, F }
#define TEST_END { 0, 0 }

#endif
