/** Tests of S3 Select over HTTP. */
@NullMarked
package io.github.s3vfs.select.server;

import org.jspecify.annotations.NullMarked;
