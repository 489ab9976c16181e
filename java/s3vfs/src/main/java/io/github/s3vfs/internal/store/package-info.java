/**
 * What this library needs of an object store, and nothing else: {@link
 * io.github.s3vfs.internal.store.ObjectStore}. Owns no threads. Imports only the values of {@code
 * io.github.s3vfs}. Implementations are thread-safe; their futures complete on threads of the
 * implementation, where nothing may block.
 */
@NullMarked
package io.github.s3vfs.internal.store;

import org.jspecify.annotations.NullMarked;
