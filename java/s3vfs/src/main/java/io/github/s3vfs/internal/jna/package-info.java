/**
 * The only JNA code: finds, loads and binds the native library, and answers its upcalls with files
 * of {@code internal.vfs}. Imports {@code internal.vfs}, {@code internal.layout} and the values of
 * {@code io.github.s3vfs}.
 *
 * <p>Upcalls run on whatever thread called SQLite. Nothing that an upcall throws may cross the
 * border: every one runs inside {@link io.github.s3vfs.internal.jna.Guard}.
 */
@NullMarked
package io.github.s3vfs.internal.jna;

import org.jspecify.annotations.NullMarked;
