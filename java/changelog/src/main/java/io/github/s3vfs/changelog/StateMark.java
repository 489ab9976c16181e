package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * What a state is of, and how far it goes. There is one behind each batch that is handed out, and
 * where the state was saved.
 *
 * @param reader the table, its columns and what identifies a row, as text
 * @param key0 of the hash
 * @param key1 of the hash
 * @param database which database on S3 it is as of; empty if that is not known
 * @param version of that database; -1 if that is not known
 * @param told where the records begin that are to be told of again
 * @param complete whether the last batch that was handed out was the last one of its look
 */
record StateMark(
    String reader,
    long key0,
    long key1,
    String database,
    long version,
    long told,
    boolean complete) {
  private static final int FORMAT = 3;

  StateMark at(String newDatabase, long newVersion, long newTold, boolean newComplete) {
    return new StateMark(reader, key0, key1, newDatabase, newVersion, newTold, newComplete);
  }

  byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(FORMAT);
    byte[] text = reader.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    out.writeInt(text.length);
    out.write(text);
    out.writeLong(key0);
    out.writeLong(key1);
    out.writeUTF(database);
    out.writeLong(version);
    out.writeLong(told);
    out.writeBoolean(complete);
    return bytes.toByteArray();
  }

  static StateMark decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new ChangelogException(
          Kind.STATE_MISMATCH, List.of(), "the state has format " + format + ", not " + FORMAT);
    }
    String reader =
        new String(in.readNBytes(in.readInt()), java.nio.charset.StandardCharsets.UTF_8);
    return new StateMark(
        reader,
        in.readLong(),
        in.readLong(),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readBoolean());
  }
}
