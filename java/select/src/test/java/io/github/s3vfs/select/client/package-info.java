/** Tests of the clients of S3 Select. */
@NullMarked
package io.github.s3vfs.select.client;

import org.jspecify.annotations.NullMarked;
