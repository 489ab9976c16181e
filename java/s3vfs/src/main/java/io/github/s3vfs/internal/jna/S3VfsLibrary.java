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

  /** The function that tells the library's ABI; there in every version. */
  static final String ABI_FUNCTION = "s3vfs_abi";

  /** The extension's entry point. */
  static final String ENTRY_POINT = "sqlite3_s3vfs_init";

  private S3VfsLibrary() {}

  /** Binds this class to a library. */
  static void bindTo(NativeLibrary library) {
    Native.register(S3VfsLibrary.class, library);
  }

  /** Undoes {@link #bindTo}; afterwards no function of this class may be called. */
  static void unbind() {
    Native.unregister(S3VfsLibrary.class);
  }

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

  static native int s3vfs_unbind();

  static native int s3vfs_register(byte[] name, int id);

  static native int s3vfs_unregister(byte[] name);
}
