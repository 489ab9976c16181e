/**
 * {@link io.github.s3vfs.internal.store.ObjectStore} over the AWS SDK: which requests go out, what
 * their answers mean, and the clients that send them. The only package that imports {@code
 * software.amazon.awssdk}; of this library it imports {@code internal.store} and the values of
 * {@code io.github.s3vfs}.
 *
 * <p>Everything is thread-safe. Owns no threads; futures complete on threads of the SDK or, at a
 * deadline, of the common pool. A {@link io.github.s3vfs.internal.store.crt.CrtClients} owns its
 * clients; a store owns nothing.
 */
@NullMarked
package io.github.s3vfs.internal.store.crt;

import org.jspecify.annotations.NullMarked;
