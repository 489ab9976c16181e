package io.github.s3vfs.internal.jna;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The functions of the native library (native/s3vfs.h). Direct-mapped: callbacks that are arguments
 * of a direct-mapped function are dispatched without reflection.
 */
final class S3VfsLibrary {
  /** S3VFS_ABI. */
  static final int ABI = 1;

  /** The extension's entry point. */
  static final String ENTRY_POINT = "sqlite3_s3vfs_init";

  private S3VfsLibrary() {}

  /** Binds this class to the library in that file. */
  static void bindTo(String path) {
    Native.register(S3VfsLibrary.class, NativeLibrary.getInstance(path));
  }

  static native int s3vfs_abi();

  static native int s3vfs_bind(
      Upcall open,
      Upcall close,
      Upcall read,
      Upcall write,
      Upcall truncate,
      Upcall sync,
      Upcall size,
      Upcall lock,
      Upcall unlock,
      Upcall reserved,
      Upcall control,
      Upcall pragma,
      Upcall delete,
      Upcall access,
      Upcall fullpath);

  static native int s3vfs_register(byte[] name, int id);

  static native int s3vfs_unregister(byte[] name);
}
