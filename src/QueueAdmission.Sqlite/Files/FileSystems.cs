namespace QueueAdmission.Sqlite;

/// <summary>
/// Recognizes network file systems, and file systems whose files are lost when the container is removed or the host
/// restarts.
/// </summary>
internal static class FileSystems
{
    private static readonly HashSet<string> OfNetworks = new(StringComparer.Ordinal)
    {
        "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "fuse.ceph-fuse", "fuse.gcsfuse", "fuse.glusterfs",
        "fuse.juicefs", "fuse.mount-s3", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs",
        "lustre",
        "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "wekafs",
    };

    /// <summary>File systems whose files are lost when the container is removed or the host restarts.</summary>
    private static readonly HashSet<string> OfShortLife = new(StringComparer.Ordinal)
    {
        "aufs", "overlay", "ramfs", "tmpfs",
    };

    /// <summary>
    /// Returns the type of the file system of a file, if its files are lost with a container or the host. Null
    /// otherwise, or if the type is unknown.
    /// </summary>
    public static string? ShortLivedTypeOf(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path) ?? path;
            var type = OperatingSystem.IsLinux() ? TypeOf(folder, File.ReadAllLines("/proc/self/mountinfo")) : null;
            return type is not null && OfShortLife.Contains(type) ? type : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the type of the network file system of a file. Null if the file is on no network file system, or if the
    /// type is unknown.
    /// </summary>
    public static string? NetworkTypeOf(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? path;
        try
        {
            if (OperatingSystem.IsLinux())
            {
                var type = TypeOf(folder, File.ReadAllLines("/proc/self/mountinfo"));
                return type is not null && OfNetworks.Contains(type) ? type : null;
            }
            var drive = new DriveInfo(Path.GetPathRoot(path) ?? folder);
            return path.StartsWith(@"\\", StringComparison.Ordinal) || drive.DriveType == DriveType.Network
                ? "network"
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An unknown file system is no reason to refuse the file. A second host is also recognized by its boot id.
            return null;
        }
    }

    /// <summary>
    /// Returns the type of the mount that contains a folder, from the lines of Linux's <c>mountinfo</c>.
    /// </summary>
    public static string? TypeOf(string folder, IEnumerable<string> mounts)
    {
        var (type, length) = ((string?)null, -1);
        foreach (var line in mounts)
        {
            // 36 35 98:0 /root /mount/point rw,noatime master:1 - ext4 /dev/root rw
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 6 || separator + 1 >= fields.Length)
            {
                continue;
            }
            var mount = Unescaped(fields[4]);
            // If two mounts have the same folder, the later mount hides the earlier one.
            if (mount.Length >= length && Contains(mount, folder))
            {
                (type, length) = (fields[separator + 1], mount.Length);
            }
        }
        return type;
    }

    private static bool Contains(string mount, string folder) =>
        mount == "/" || folder == mount || folder.StartsWith(mount + "/", StringComparison.Ordinal);

    private static string Unescaped(string path) =>
        path.Replace(@"\040", " ", StringComparison.Ordinal)
            .Replace(@"\011", "\t", StringComparison.Ordinal)
            .Replace(@"\012", "\n", StringComparison.Ordinal)
            .Replace(@"\134", @"\", StringComparison.Ordinal);
}
