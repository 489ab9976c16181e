/** Tests of S3 Select. */
@NullMarked
package io.github.s3vfs.select;

import org.jspecify.annotations.NullMarked;
