package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.JsonText;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.VariantLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * Makes JSON of the records of one field. Each node of the schema collects the values of its field;
 * at the end of a group it makes one value of those of its fields.
 */
final class JsonRecords extends RecordMaterializer<Fragment> {
  private final Group root;

  JsonRecords(MessageType message, int maxBytes) {
    this.root = new Group(message, Shape.UNWRAPPED, new Fragment(maxBytes), maxBytes);
  }

  @Override
  public Fragment getCurrentRecord() {
    return root.fields[0];
  }

  @Override
  public GroupConverter getRootConverter() {
    return root;
  }

  /** How a group is shown. */
  private enum Shape {
    /** An object. */
    OBJECT,
    /** A list of its only field's values. */
    LIST,
    /** The value of its only field. */
    UNWRAPPED,
    /** An object with a member for each value of its only field. */
    MAP,
    /** A member: a key and a value. */
    ENTRY;

    static Shape of(GroupType group, GroupType parent, Shape shapeOfParent) {
      if (shapeOfParent == MAP) {
        return ENTRY;
      } else if (shapeOfParent == LIST && isUnwrapped(group, parent)) {
        return UNWRAPPED;
      }
      LogicalTypeAnnotation annotation = group.getLogicalTypeAnnotation();
      if (annotation instanceof VariantLogicalTypeAnnotation) {
        throw new SelectException(
            SelectError.UNSUPPORTED_PARQUET_TYPE,
            "the field " + group.getName() + " is a VARIANT, which is not read");
      }
      boolean single =
          group.getFieldCount() == 1 && group.getType(0).isRepetition(Repetition.REPEATED);
      if (single && annotation instanceof ListLogicalTypeAnnotation) {
        return LIST;
      } else if (single
          && (annotation instanceof MapLogicalTypeAnnotation
              || annotation instanceof MapKeyValueTypeAnnotation)
          && isEntry(group.getType(0))) {
        return MAP;
      }
      return OBJECT;
    }

    /** Whether the repeated group of a list only holds its elements, by the rules of the format. */
    private static boolean isUnwrapped(GroupType group, GroupType list) {
      return group.getFieldCount() == 1
          && !group.getType(0).isRepetition(Repetition.REPEATED)
          && !group.getName().equals("array")
          && !group.getName().equals(list.getName() + "_tuple");
    }

    private static boolean isEntry(Type type) {
      return !type.isPrimitive()
          && type.asGroupType().getFieldCount() == 2
          && type.asGroupType().getType(0).isPrimitive()
          && !type.asGroupType().getType(0).isRepetition(Repetition.REPEATED);
    }
  }

  private static final class Group extends GroupConverter {
    private final Shape shape;
    private final Fragment own;
    private final Converter[] converters;
    private final Fragment[] fields;
    private final boolean[] repeated;
    private final byte[][] names;

    Group(GroupType type, Shape shape, Fragment own, int maxBytes) {
      this.shape = shape;
      this.own = own;
      int count = type.getFieldCount();
      converters = new Converter[count];
      fields = new Fragment[count];
      repeated = new boolean[count];
      names = new byte[count][];
      for (int i = 0; i < count; i++) {
        Type field = type.getType(i);
        fields[i] = new Fragment(maxBytes);
        repeated[i] = field.isRepetition(Repetition.REPEATED);
        names[i] = field.getName().getBytes(StandardCharsets.UTF_8);
        converters[i] =
            field.isPrimitive()
                ? new Leaf(new ColumnType(field.asPrimitiveType()), fields[i])
                : new Group(
                    field.asGroupType(),
                    Shape.of(field.asGroupType(), type, shape),
                    fields[i],
                    maxBytes);
      }
    }

    @Override
    public Converter getConverter(int index) {
      return converters[index];
    }

    @Override
    public void start() {
      for (Fragment field : fields) {
        field.clear();
      }
    }

    @Override
    public void end() {
      ByteSink text = own.next();
      switch (shape) {
        case LIST -> own.put(fields[0], true);
        case UNWRAPPED -> own.put(fields[0], false);
        case MAP -> {
          text.put('{');
          if (!fields[0].isEmpty()) {
            own.put(fields[0], false);
          }
          text.put('}');
        }
        case ENTRY -> {
          key(text);
          text.put(':');
          own.put(fields[1], repeated[1]);
        }
        case OBJECT -> {
          text.put('{');
          for (int i = 0; i < fields.length; i++) {
            if (i > 0) {
              text.put(',');
            }
            JsonText.string(names[i], 0, names[i].length, text);
            text.put(':');
            own.put(fields[i], repeated[i]);
          }
          text.put('}');
        }
      }
    }

    /** The key of a member, which JSON has as text only. */
    private void key(ByteSink text) {
      ByteSink key = fields[0].text();
      boolean quoted = key.length() > 0 && key.array()[0] == '"';
      if (!quoted) {
        text.put('"');
      }
      own.put(fields[0], false);
      if (!quoted) {
        text.put('"');
      }
    }
  }

  private static final class Leaf extends PrimitiveConverter {
    private final ColumnType type;
    private final Fragment own;
    private final Value value = new Value();

    Leaf(ColumnType type, Fragment own) {
      this.type = type;
      this.own = own;
    }

    @Override
    public void addBinary(Binary stored) {
      type.set(stored, value);
      own.add(value);
    }

    @Override
    public void addBoolean(boolean stored) {
      type.set(stored, value);
      own.add(value);
    }

    @Override
    public void addDouble(double stored) {
      type.set(stored, value);
      own.add(value);
    }

    @Override
    public void addFloat(float stored) {
      type.set((double) stored, value);
      own.add(value);
    }

    @Override
    public void addInt(int stored) {
      type.set(stored, value);
      own.add(value);
    }

    @Override
    public void addLong(long stored) {
      type.set(stored, value);
      own.add(value);
    }
  }
}
