/** Tests of what is pushed down. */
@NullMarked
package io.github.s3vfs.select.internal.sql;

import org.jspecify.annotations.NullMarked;
