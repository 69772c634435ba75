namespace Agent;

/// <summary>What a call of a tool may do to the world. A tool that declares nothing is taken to write and to carry data out.</summary>
[Flags]
public enum ToolEffects
{
    /// <summary>Nothing at all, for example a calculator.</summary>
    None = 0,

    /// <summary>Reads something the person or their organisation keeps.</summary>
    Read = 1,

    /// <summary>Changes something; the change can be undone or repeated.</summary>
    Write = 2,

    /// <summary>Changes something in a way that cannot be undone.</summary>
    Destructive = 4,

    /// <summary>Carries data out to where others can see it.</summary>
    Egress = 8,
}
