package io.github.s3vfs.internal.vfs;

/** Bits of the flags of xOpen (https://sqlite.org/c3ref/c_open_autoproxy.html). */
public final class OpenFlags {
  public static final int CREATE = 0x4;
  public static final int MAIN_DB = 0x100;
  public static final int MAIN_JOURNAL = 0x800;
  public static final int SUPER_JOURNAL = 0x4000;
  public static final int WAL = 0x80000;

  private OpenFlags() {}
}
