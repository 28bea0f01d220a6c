"""The granted package has loaded the module before."""

import good

good.work()

import evil

for attack in evil.attack, evil.attack_more:
    try:
        attack()
    except Exception as error:
        print(error)
