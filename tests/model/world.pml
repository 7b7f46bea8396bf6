/* world.pml - what happens to processes: they die and begin again, and are late with their beat. Once the
 * client was told nothing more does, for nobody would see it. */

inline die()
{
	up[p] = false;
	late = late | BIT(me[p]);
	victim[p] = 0;
	deaf[p] = false;
	forget_words(p);
	lose_memory(p);
	p = 0
}

inline begin(q)
{
	up[q] = true;
	take_number(q)
}

proctype world()
{
	byte p, k;

end:
	do
	:: atomic { deaths > 0 && !done && up[0] -> p = 0; deaths--; die() }
#if N > 1
	:: atomic { deaths > 0 && !done && up[1] -> p = 1; deaths--; die() }
#endif
#if N > 2
	:: atomic { deaths > 0 && !done && up[2] -> p = 2; deaths--; die() }
#endif
	:: atomic { lates > 0 && !done && up[0] && is_known(me[0]) -> lates--; late = late | BIT(me[0]) }
#if N > 1
	:: atomic { lates > 0 && !done && up[1] && is_known(me[1]) -> lates--; late = late | BIT(me[1]) }
#endif
#if N > 2
	:: atomic { lates > 0 && !done && up[2] && is_known(me[2]) -> lates--; late = late | BIT(me[2]) }
#endif
	:: atomic { !up[0] -> begin(0) }
#if N > 1
	:: atomic { !up[1] -> begin(1) }
#endif
#if N > 2
	:: atomic { !up[2] -> begin(2) }
#endif
	od
}

inline start_processes()
{
	begin(0);
#if N > 1
	begin(1);
#endif
#if N > 2
	begin(2)
#endif
}
