/** Tests of where CSV is cut in memory. */
@NullMarked
package io.github.s3vfs.select.internal.csv;

import org.jspecify.annotations.NullMarked;
