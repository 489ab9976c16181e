package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectOptions;

/** Opens the rows of Parquet: a service, since it is in a module of its own. */
public interface RowSourceProvider {
  /**
   * Opens the row groups that begin in the range of the options.
   *
   * @throws io.github.s3vfs.select.SelectException if the object is not Parquet, or can not be read
   */
  RowSource open(ObjectSource source, SelectOptions options);
}
