package io.github.s3vfs.internal.jna;

import com.sun.jna.JNIEnv;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The functions of the native library (native/s3vfs.h). Direct-mapped: callbacks that are arguments
 * of a direct-mapped function are dispatched without reflection.
 */
final class S3VfsLibrary {
  /** S3VFS_ABI. */
  static final int ABI = 5;

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
      Upcall fullpath,
      Upcall table,
      Upcall schema,
      Upcall plan,
      Upcall cursor,
      Upcall filter,
      Upcall fetch,
      Upcall release);

  static native int s3vfs_unbind();

  static native int s3vfs_register(byte[] name, int id);

  static native int s3vfs_unregister(byte[] name);

  static native int s3vfs_clock(long clock, int kind, int argument);

  static native long s3vfs_now();

  static native long s3vfs_cache_new(long bytes);

  static native void s3vfs_cache_free(long cache);

  static native long s3vfs_cache_stat(long cache, int stat);

  static native long s3vfs_volume_new(long cache, int journals);

  static native void s3vfs_volume_hold(long volume);

  static native void s3vfs_volume_release(long volume);

  static native void s3vfs_volume_view(long volume, int view, int count, int[] pages);

  static native void s3vfs_volume_fresh(long volume, int view, long since, long ahead, int flags);

  static native int s3vfs_volume_stale(long volume);

  static native int s3vfs_page_read(
      long volume,
      int view,
      long a,
      long b,
      long c,
      long d,
      int first,
      int more,
      int page,
      int pageSize,
      int start,
      long address,
      byte[] array,
      int at,
      int bytes);

  static native int s3vfs_pages_unknown(long volume, int view, int count, int[] pages);

  static native void s3vfs_page_put(
      long volume,
      int view,
      long a,
      long b,
      long c,
      long d,
      int pageSize,
      int count,
      int[] pages,
      long address,
      byte[] array,
      int from,
      int how);

  /** Wants a library that was opened with {@code OPTION_ALLOW_OBJECTS}. */
  static native long s3vfs_connection(JNIEnv env, Object database);

  static native int s3vfs_blob_open(
      long connection,
      byte[] database,
      byte[] table,
      byte[] column,
      long rowid,
      int write,
      long[] blob);

  static native int s3vfs_blob_bytes(long blob);

  static native int s3vfs_blob_read(long blob, long address, int bytes, int offset);

  static native int s3vfs_blob_write(long blob, long address, int bytes, int offset);

  static native int s3vfs_blob_reopen(long blob, long rowid);

  static native int s3vfs_blob_close(long blob);

  static native int s3vfs_module(long connection, byte[] name, int id, int function);

  static native int s3vfs_module_drop(long connection, byte[] name);

  static native int s3vfs_interrupted(long connection);
}
