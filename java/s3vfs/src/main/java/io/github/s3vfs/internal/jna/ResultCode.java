package io.github.s3vfs.internal.jna;

/** SQLite's result codes as far as they are used (https://sqlite.org/rescode.html). */
final class ResultCode {
  static final int OK = 0;
  static final int ERROR = 1;
  static final int BUSY = 5;
  static final int NOMEM = 7;
  static final int READONLY = 8;
  static final int INTERRUPT = 9;
  static final int NOTFOUND = 12;
  static final int CANTOPEN = 14;
  static final int CONSTRAINT = 19;
  static final int MISUSE = 21;
  static final int BUSY_SNAPSHOT = 517;
  static final int IOERR_READ = 266;
  static final int IOERR_WRITE = 778;
  static final int IOERR_FSYNC = 1034;
  static final int IOERR_TRUNCATE = 1546;
  static final int IOERR_FSTAT = 1802;
  static final int IOERR_UNLOCK = 2058;
  static final int IOERR_DELETE = 2570;
  static final int IOERR_NOMEM = 3082;
  static final int IOERR_ACCESS = 3338;
  static final int IOERR_CHECKRESERVEDLOCK = 3594;
  static final int IOERR_LOCK = 3850;
  static final int IOERR_CLOSE = 4106;
  static final int IOERR_CORRUPTFS = 8458;

  private ResultCode() {}
}
