package io.github.s3vfs.changelog;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An array of any number of dimensions, of integers or of floating point numbers, in row-major
 * order: the last index changes fastest. Immutable.
 */
public final class NdArray {
  private final int[] shape;
  private final long @Nullable [] longs;
  private final double @Nullable [] doubles;

  private NdArray(int[] shape, long @Nullable [] longs, double @Nullable [] doubles, int count) {
    long product = 1;
    for (int each : shape) {
      if (each < 0) {
        throw new IllegalArgumentException("a dimension is " + each);
      }
      product = Math.min(product * each, Integer.MAX_VALUE + 1L);
    }
    if (product != count) {
      throw new IllegalArgumentException(
          "the shape " + Arrays.toString(shape) + " does not have " + count + " elements");
    }
    this.shape = shape;
    this.longs = longs;
    this.doubles = doubles;
  }

  /**
   * Of integers.
   *
   * @param shape the size of each dimension; none for a single number
   * @param elements as many as the shape has
   * @return the array
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NdArray ofLongs(int[] shape, long... elements) {
    return new NdArray(shape.clone(), elements.clone(), null, elements.length);
  }

  /**
   * Of floating point numbers.
   *
   * @param shape the size of each dimension; none for a single number
   * @param elements as many as the shape has
   * @return the array
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NdArray ofDoubles(int[] shape, double... elements) {
    return new NdArray(shape.clone(), null, elements.clone(), elements.length);
  }

  /** The size of each dimension. */
  public int[] shape() {
    return shape.clone();
  }

  /** Whether its elements are integers. */
  public boolean isOfLongs() {
    return longs != null;
  }

  /**
   * The elements of an array of integers.
   *
   * @throws IllegalStateException if it is one of floating point numbers
   */
  public long[] longs() {
    if (longs == null) {
      throw new IllegalStateException("the elements are floating point numbers");
    }
    return longs.clone();
  }

  /** The elements; integers are converted. */
  public double[] doubles() {
    if (doubles != null) {
      return doubles.clone();
    }
    return longs == null ? new double[0] : Arrays.stream(longs).asDoubleStream().toArray();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NdArray array
        && Arrays.equals(shape, array.shape)
        && Arrays.equals(longs, array.longs)
        && Arrays.equals(doubles, array.doubles);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(shape) * 31 + Arrays.hashCode(longs) + Arrays.hashCode(doubles);
  }

  @Override
  public String toString() {
    String elements = longs == null ? Arrays.toString(doubles) : Arrays.toString(longs);
    return Arrays.toString(shape) + elements;
  }
}
